package io.trivet.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/// Reads everything a store has on disk and says which files are damaged.
///
/// @param files how many were read
/// @param bytes how many were read
/// @param damaged file by file
/// @param tornBytes of the log's tail, which the next start cuts off: never acknowledged, and no damage
public record StoreCheck(int files, long bytes, List<Damage> damaged, long tornBytes) {
  /// @param file its name within the store's directory
  /// @param what was found, in RocksDB's words
  public record Damage(String file, String what) {}

  public StoreCheck {
    damaged = List.copyOf(damaged);
  }

  public boolean isSound() {
    return damaged.isEmpty();
  }

  /// Checks the store in a directory that no server uses, and changes nothing.
  ///
  /// @throws EngineException where there is none, or it is in use
  public static StoreCheck closed(Path directory, Progress progress) throws IOException {
    if (!Files.exists(directory.resolve("CURRENT"))) {
      throw new EngineException(EngineException.Kind.IO, "there is no store in " + directory, null);
    }
    NativeLibrary.load();
    try (DirectoryLock _ = DirectoryLock.take(directory)) {
      List<Damage> damaged = new ArrayList<>();
      long torn = 0;
      WalCheck.Report log = WalCheck.Report.NONE;
      try {
        log = WalCheck.run(directory, WalCheck.Mode.LOOK);
        torn = log.cutBytes();
      } catch (EngineException e) {
        damaged.add(new Damage("*.log", String.valueOf(e.getMessage())));
      }
      Map<String, Long> tables = new LinkedHashMap<>();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.sst")) {
        for (Path file : files) {
          tables.put(file.getFileName().toString(), Files.size(file));
        }
      }
      StoreCheck read = tables(directory, tables, progress);
      damaged.addAll(read.damaged);
      if (damaged.isEmpty() && torn == 0) {
        damaged.addAll(manifest(directory));
      }
      return new StoreCheck(read.files + log.logs(), read.bytes + log.bytes(), damaged, torn);
    }
  }

  /// Reads every block of tables.
  ///
  /// @param tables sizes in bytes by name; what is gone by the time it is read was replaced, and is left out
  static StoreCheck tables(Path directory, Map<String, Long> tables, Progress progress) {
    long total = tables.values().stream().mapToLong(Long::longValue).sum();
    long done = 0;
    int files = 0;
    List<Damage> damaged = new ArrayList<>();
    for (Map.Entry<String, Long> table : tables.entrySet()) {
      progress.at(done, total);
      Path file = directory.resolve(table.getKey());
      try (Options options = new Options().setParanoidChecks(true);
          SstFileReader reader = new SstFileReader(options)) {
        reader.open(file.toString());
        reader.verifyChecksum();
        files++;
      } catch (RocksDBException e) {
        if (Files.exists(file)) {
          files++;
          damaged.add(new Damage(table.getKey(), String.valueOf(e.getMessage())));
        }
      }
      done += table.getValue();
    }
    progress.at(total, total);
    return new StoreCheck(files, total, damaged, 0);
  }

  /// Whether the list of tables can be read and all of them are there.
  private static List<Damage> manifest(Path directory) {
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (RocksOptions options = new RocksOptions(EngineOptions.DEFAULT)) {
      try (RocksDB database =
          RocksDB.openReadOnly(options.database(), directory.toString(), options.families(), handles)) {
        assert database.isOwningHandle();
        handles.forEach(ColumnFamilyHandle::close);
        return List.of();
      } catch (RocksDBException e) {
        return List.of(new Damage("MANIFEST", String.valueOf(e.getMessage())));
      }
    }
  }
}
