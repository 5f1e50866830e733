package io.trivet.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// Asks RocksDB for its properties: `include/rocksdb/db.h`, `DB::Properties`.
final class RocksStats {
  private RocksStats() {}

  static EngineStats read(
      RocksDB database, Map<Family, ColumnFamilyHandle> handles, Cache cache, Path directory)
      throws RocksDBException, IOException {
    Map<String, Long> entries = new LinkedHashMap<>();
    for (Map.Entry<Family, ColumnFamilyHandle> each : handles.entrySet()) {
      String name = each.getKey().name().toLowerCase(Locale.ROOT);
      entries.put(name, database.getLongProperty(each.getValue(), "rocksdb.estimate-num-keys"));
    }
    long logBytes = 0;
    int tables = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{log,sst}")) {
      for (Path file : files) {
        if (file.toString().endsWith(".sst")) {
          tables++;
        } else {
          logBytes += sizeOf(file);
        }
      }
    }
    EngineStats.Stall stall = EngineStats.Stall.NONE;
    if (database.getLongProperty("rocksdb.is-write-stopped") != 0) {
      stall = EngineStats.Stall.STOPPED;
    } else if (database.getLongProperty("rocksdb.actual-delayed-write-rate") != 0) {
      stall = EngineStats.Stall.SLOWED;
    }
    return new EngineStats(
        sum(database, "rocksdb.total-sst-files-size"),
        tables,
        logBytes,
        sum(database, "rocksdb.cur-size-all-mem-tables"),
        cache.getUsage(),
        sum(database, "rocksdb.estimate-table-readers-mem"),
        entries,
        sum(database, "rocksdb.estimate-pending-compaction-bytes"),
        (int) database.getLongProperty("rocksdb.num-running-compactions"),
        (int) database.getLongProperty("rocksdb.num-running-flushes"),
        database.getLongProperty("rocksdb.background-errors"),
        stall);
  }

  // Over all families.
  private static long sum(RocksDB database, String property) throws RocksDBException {
    return database.getAggregatedLongProperty(property);
  }

  private static long sizeOf(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException _) {
      // A log that was sorted into tables since its name was read.
      return 0;
    }
  }
}
