package io.trivet.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What an operator does with the store of a server that runs, or of none.
public final class StoreFiles {
  private final RocksEngine engine;

  StoreFiles(RocksEngine engine) {
    this.engine = engine;
  }

  /// Copies the store as it is at this moment, and other files, into one.
  ///
  /// @param extras by the names they get behind [Backup#EXTRA]
  /// @throws EngineException with what is wrong and what to do; nothing is left behind
  public void backup(Path file, Map<String, Path> extras, Progress progress) throws IOException {
    engine.snapshot(file, extras, progress);
  }

  /// Reads all tables and records while the store is in use.
  ///
  /// @return what is damaged, a line each
  public List<String> check(Progress progress) throws IOException {
    return found(engine.verify(progress), RecordCheck.run(engine, progress));
  }

  public EngineStats sizes() throws IOException {
    return engine.stats();
  }

  /// Reads all tables and records of a store that no server uses.
  ///
  /// @param library as in [LocalStore#open]
  /// @return what is damaged, a line each
  public static List<String> checkClosed(Path directory, Path library, Progress progress) throws IOException {
    RocksEngine.loadLibrary(library);
    StoreCheck tables = StoreCheck.closed(directory, progress);
    if (!tables.isSound()) {
      return found(tables, List.of()); // what cannot be opened has no records to look at
    }
    try (RocksEngine closed = RocksEngine.open(directory, EngineOptions.DEFAULT)) {
      return found(tables, RecordCheck.run(closed, progress));
    }
  }

  private static List<String> found(StoreCheck tables, List<RecordCheck.Finding> records) {
    List<String> all = new ArrayList<>();
    tables.damaged().forEach(d -> all.add(d.file() + ": " + d.what()));
    records.forEach(f -> all.add(Family.label(f.family()) + " " + f.key() + ": " + f.what()));
    return all;
  }
}
