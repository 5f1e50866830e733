package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

class BatchEncodingTest {
  @Test
  void makesTheBytesThatRocksDbMakes(@TempDir Path directory) throws RocksDBException {
    NativeLibrary.load();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (RocksOptions options = new RocksOptions(EngineOptions.DEFAULT);
        RocksDB database = RocksDB.open(options.database(), directory.toString(), options.families(), handles)) {
      Map<Family, ColumnFamilyHandle> byFamily = new EnumMap<>(Family.class);
      Map<Family, Integer> ids = new EnumMap<>(Family.class);
      Iterator<ColumnFamilyHandle> following = handles.iterator();
      following.next();
      for (Family family : Family.values()) {
        ColumnFamilyHandle handle = following.next();
        byFamily.put(family, handle);
        ids.put(family, handle.getID());
      }
      BatchEncoding encoding = new BatchEncoding(ids);
      Random random = new Random(7);
      for (int round = 0; round < 200; round++) {
        Changes changes = changes(random);
        assertThat(encoding.encode(changes, 0x0102030405L, 0x060708L))
            .as("round %d", round).isEqualTo(byRocks(changes, byFamily));
      }
      handles.forEach(ColumnFamilyHandle::close);
      assertThat(database.isOwningHandle()).isTrue();
    }
  }

  private static Changes changes(Random random) {
    Changes changes = new Changes();
    Family[] families = Family.values();
    for (int i = random.nextInt(12); i > 0; i--) {
      Family family = families[random.nextInt(families.length)];
      switch (random.nextInt(3)) {
        case 0 -> changes.put(family, some(random), some(random));
        case 1 -> changes.delete(family, some(random));
        default -> changes.deleteRange(family, some(random), some(random));
      }
    }
    return changes;
  }

  // Lengths on both sides of where a length takes one more byte.
  private static byte[] some(Random random) {
    int[] lengths = {0, 1, 8, 127, 128, 300, 16_383, 16_384, 40_000};
    byte[] bytes = new byte[lengths[random.nextInt(lengths.length)]];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] byRocks(Changes changes, Map<Family, ColumnFamilyHandle> handles) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      batch.putLogData(new byte[] {5, 4, 3, 2, 1, 0, 0, 0, 8, 7, 6, 0, 0, 0, 0, 0});
      for (Changes.Change change : changes.list()) {
        switch (change) {
          case Changes.Change.Put put -> batch.put(handles.get(put.family()), put.key(), put.value());
          case Changes.Change.Delete delete -> batch.delete(handles.get(delete.family()), delete.key());
          case Changes.Change.DeleteRange range -> {
            if (!BatchEncoding.isEmpty(range)) {
              batch.deleteRange(handles.get(range.family()), range.from(), range.to());
            }
          }
        }
      }
      return batch.data();
    }
  }
}
