package io.trivet.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// RocksDB while it is open, and what must be freed with it.
record RocksDatabase(RocksDB rocks, Map<Family, ColumnFamilyHandle> handles, ColumnFamilyHandle unused,
    RocksOptions options, BatchEncoding encoding) {
  static RocksDatabase open(Path directory, EngineOptions options) throws EngineException {
    RocksOptions rocksOptions = new RocksOptions(options);
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try {
      RocksDB rocks =
          RocksDB.open(rocksOptions.database(), directory.toString(), rocksOptions.families(), handles);
      Map<Family, ColumnFamilyHandle> byFamily = new EnumMap<>(Family.class);
      Map<Family, Integer> ids = new EnumMap<>(Family.class);
      Iterator<ColumnFamilyHandle> following = handles.iterator();
      ColumnFamilyHandle unused = following.next(); // RocksDB's default family
      for (Family family : Family.values()) {
        ColumnFamilyHandle handle = following.next();
        byFamily.put(family, handle);
        ids.put(family, handle.getID());
      }
      return new RocksDatabase(rocks, byFamily, unused, rocksOptions, new BatchEncoding(ids));
    } catch (RocksDBException e) {
      rocksOptions.close();
      throw EngineException.of(e, "opening the store", directory);
    }
  }

  ColumnFamilyHandle handle(Family family) {
    return Objects.requireNonNull(handles.get(family));
  }

  // Handles before the database, and what it was opened with after it.
  void close() {
    handles.values().forEach(ColumnFamilyHandle::close);
    unused.close();
    rocks.close();
    options.close();
  }
}
