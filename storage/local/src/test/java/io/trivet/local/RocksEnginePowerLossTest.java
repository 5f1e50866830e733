package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a loss of power leaves of a log that RocksDB wrote: everything up to the last sync, and of the rest
/// any pages.
///
/// Tables and closed logs are taken to be whole, as RocksDB syncs them before it relies on them. That the
/// device keeps what it was told to sync is not tested here.
@Tag("slow")
class RocksEnginePowerLossTest {
  // Tables are written and logs change meanwhile.
  private static final EngineOptions SMALL = new EngineOptions(1 << 20, 4 << 20, 4 << 20, 2, 64);

  @TempDir Path directory;

  private long groups;
  private long lastSynced = -1;
  private Path log = Path.of("");
  private int syncedBytes;

  private static byte[] key(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  private static byte[] value(long number) {
    Random random = new Random(number);
    byte[] value = new byte[random.nextInt(8) == 0 ? random.nextInt(50_000) : random.nextInt(500)];
    random.nextBytes(value);
    return value;
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "2, 100", "3, 30", "4, 30", "5, 3", "6, 0"})
  void keepsEverySyncedGroupAndAPrefixOfTheOthers(long seed, int syncedOfHundred) throws IOException {
    Random random = new Random(seed);
    Path store = directory.resolve("store");
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      for (int round = 0; round < 6; round++) {
        for (int i = random.nextInt(1, 60); i > 0; i--) {
          write(engine, store, random.nextInt(100) < syncedOfHundred);
        }
        await().until(() -> engine.stats().runningFlushes() + engine.stats().runningCompactions() == 0);
        for (int loss = 0; loss < 4; loss++) {
          Path copy = copy(store, round + "-" + loss);
          if (!newestLog(copy).getFileName().equals(log)) {
            continue; // begun since: nothing of it is known to be synced, and nothing may be in it
          }
          String what = "seed " + seed + ", round " + round + ", " + lose(newestLog(copy), random);
          try (RocksEngine other = RocksEngine.open(copy, SMALL)) {
            check(other, what + ", found " + other.found());
          }
        }
      }
    }
  }

  private void write(RocksEngine engine, Path store, boolean synced) throws IOException {
    Changes changes = new Changes();
    changes.put(Family.INBOXES, key(groups), value(groups));
    changes.put(Family.META, key(groups), value(groups));
    engine.write(changes, synced);
    Path newest = newestLog(store);
    if (synced) {
      lastSynced = groups;
      syncedBytes = (int) Files.size(newest);
    } else if (!newest.getFileName().equals(log)) {
      syncedBytes = 0;
    }
    log = newest.getFileName();
    groups++;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static Path newestLog(Path directory) throws IOException {
    return files(directory).stream().filter(file -> file.toString().endsWith(".log")).toList().getLast();
  }

  private Path copy(Path store, String name) throws IOException {
    Path copy = Files.createDirectory(directory.resolve(name));
    for (Path file : files(store)) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    return copy;
  }

  /// Only behind what was synced.
  private String lose(Path newest, Random random) throws IOException {
    byte[] content = Files.readAllBytes(newest);
    int unsynced = content.length - syncedBytes;
    if (unsynced == 0) {
      return "nothing lost";
    }
    int sector = random.nextBoolean() ? 512 : 4096;
    switch (random.nextInt(3)) {
      case 0 -> content = Arrays.copyOf(content, syncedBytes + random.nextInt(unsynced));
      case 1 -> {
        for (int at = syncedBytes; at < content.length; at = (at / sector + 1) * sector) {
          if (random.nextInt(3) == 0) {
            Arrays.fill(content, at, Math.min(content.length, (at / sector + 1) * sector), (byte) 0);
          }
        }
      }
      default -> {
        int at = syncedBytes + random.nextInt(unsynced);
        byte[] garbage = new byte[Math.min(sector, content.length - at)];
        random.nextBytes(garbage);
        System.arraycopy(garbage, 0, content, at, garbage.length);
      }
    }
    Files.write(newest, content);
    return newest + " from " + syncedBytes + " of " + content.length;
  }

  private void check(Engine engine, String what) throws IOException {
    long count = 0;
    try (Engine.Cursor inboxes = engine.scan(Family.INBOXES, key(0), key(Long.MAX_VALUE));
        Engine.Cursor meta = engine.scan(Family.META, key(0), key(Long.MAX_VALUE))) {
      while (inboxes.next()) {
        assertThat(meta.next()).as(what).isTrue();
        assertThat(inboxes.key()).as(what).isEqualTo(key(count));
        assertThat(meta.key()).as(what).isEqualTo(key(count));
        assertThat(inboxes.value()).as(what).isEqualTo(value(count));
        count++;
      }
      assertThat(meta.next()).as(what).isFalse();
    }
    assertThat(count).as(what).isBetween(lastSynced + 1, groups);
  }
}
