package io.trivet.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Backups of a running store, one at a time.
final class RocksSnapshots {
  // Within the store's directory: links reach no further than the file system.
  private static final String LINKS = "snapshot";

  private final Path directory;
  private final Lock one = new ReentrantLock();

  RocksSnapshots(Path directory) {
    this.directory = directory;
  }

  interface Checkpoint {
    /// Links the store's files, as they are at a moment, into a directory that it makes.
    void into(Path links) throws IOException;
  }

  /// Tables are linked, not copied, so the moment is short; only the log's end is. Then the links are packed
  /// at leisure, while readers and the writer go on. The store's disk needs no room for it but for tables
  /// that are replaced meanwhile.
  void take(Path file, Map<String, Path> extras, Progress progress, Checkpoint checkpoint)
      throws IOException {
    if (!one.tryLock()) {
      throw new EngineException(EngineException.Kind.IO,
          "a backup of the store in " + directory + " is being made already: wait until it is done", null);
    }
    try {
      Path links = directory.resolve(LINKS);
      try {
        forget();
        checkpoint.into(links);
        Map<String, Path> files = new LinkedHashMap<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(links)) {
          names.forEach(name -> files.put(name.getFileName().toString(), name));
        }
        extras.forEach((name, extra) -> files.put(Backup.EXTRA + name, extra));
        Backup.pack(file, files, progress);
      } finally {
        Backup.delete(links);
      }
    } catch (IOException e) {
      throw EngineException.of(e, "writing the backup " + file, directory);
    } finally {
      one.unlock();
    }
  }

  /// Removes what a backup that was cut short left: its links keep replaced tables on the disk.
  void forget() throws IOException {
    Backup.delete(directory.resolve(LINKS));
    Backup.delete(directory.resolve(LINKS + ".tmp"));
  }
}
