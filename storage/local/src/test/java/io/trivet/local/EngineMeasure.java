package io.trivet.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Prints what a group costs on a disk, beside that disk's own fdatasync; some seconds. Started by hand, with
/// the directory to measure in.
final class EngineMeasure {
  private static final int VALUE_BYTES = 300;
  private static final Random RANDOM = new Random(1);
  private static long number;

  private EngineMeasure() {}

  private interface Step {
    void run(int round) throws IOException, RocksDBException;
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "measure");
    System.out.println("microseconds                               p50     p99");
    bare(directory.resolve("bare"));
    try (RocksEngine engine = RocksEngine.open(directory.resolve("engine"), EngineOptions.DEFAULT)) {
      groups(engine, 1, true, 1000);
      groups(engine, 100, true, 500);
      groups(engine, 1, false, 5000);
      groups(engine, 100, false, 3000);
    }
    batches(directory.resolve("batches"));
  }

  private static void groups(RocksEngine engine, int entries, boolean synced, int rounds)
      throws IOException, RocksDBException {
    List<Changes> groups = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      groups.add(group(entries));
    }
    measure((synced ? "synced" : "unsynced") + " group of " + entries, rounds,
        round -> engine.write(groups.get(round), synced));
  }

  private static void bare(Path file) throws IOException, RocksDBException {
    ByteBuffer page = ByteBuffer.allocateDirect(4096);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      measure("4 KiB appended, fdatasync", 500, _ -> {
        channel.write(page.rewind());
        channel.force(false);
      });
      measure("4 KiB overwritten, fdatasync", 500, round -> {
        channel.write(page.rewind(), round * 4096L);
        channel.force(false);
      });
    }
  }

  /// A batch filled by one native call an entry against one that is made of bytes.
  private static void batches(Path directory) throws IOException, RocksDBException {
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
      for (int size : new int[] {1, 100}) {
        Changes group = group(size);
        for (int pass = 0; pass < 2; pass++) {
          measure("batch of " + size + ", a call an entry", 20_000, _ -> {
            try (WriteBatch batch = new WriteBatch()) {
              for (Changes.Change change : group.list()) {
                if (change instanceof Changes.Change.Put put) {
                  batch.put(byFamily.get(put.family()), put.key(), put.value());
                }
              }
            }
          });
          measure("batch of " + size + ", made of bytes", 20_000, _ -> {
            new WriteBatch(encoding.encode(group, 1, 1)).close();
          });
        }
      }
      handles.forEach(ColumnFamilyHandle::close);
      if (!database.isOwningHandle()) {
        throw new AssertionError();
      }
    }
  }

  private static Changes group(int entries) {
    Changes changes = new Changes();
    for (int i = 0; i < entries; i++) {
      byte[] value = new byte[VALUE_BYTES];
      RANDOM.nextBytes(value);
      changes.put(Family.INBOXES, ByteBuffer.allocate(16).putLong(i % 10).putLong(number++).array(), value);
    }
    return changes;
  }

  private static void measure(String what, int rounds, Step step) throws IOException, RocksDBException {
    long[] micros = new long[rounds];
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      step.run(round);
      micros[round] = System.nanoTime() - start;
    }
    Arrays.sort(micros);
    System.out.printf("%-40s %8.1f %8.1f%n", what, micros[rounds / 2] / 1e3, micros[rounds * 99 / 100] / 1e3);
  }
}
