package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A queue that is written and emptied: the disk gets its space back, and who reads does not wade through
/// what is gone.
@Tag("slow")
class RocksSpaceTest {
  private static final EngineOptions SMALL = new EngineOptions(4 << 20, 8 << 20, 8 << 20, 2, 64);
  private static final int GROUP = 500;

  @TempDir Path directory;

  private static byte[] key(long session, long number) {
    return ByteBuffer.allocate(16).putLong(session).putLong(number).array();
  }

  private static void fill(Engine engine, long session, int entries) throws IOException {
    Random random = new Random(1);
    for (int number = 0; number < entries; ) {
      Changes changes = new Changes();
      for (int end = number + GROUP; number < end; number++) {
        byte[] value = new byte[300];
        random.nextBytes(value);
        changes.put(Family.INBOXES, key(session, number), value);
      }
      engine.write(changes, false);
    }
  }

  @Test
  void givesSpaceBackOnceAQueueIsEmptiedEntryByEntry() throws IOException {
    try (RocksEngine engine = RocksEngine.open(directory, SMALL)) {
      fill(engine, 7, 100_000);
      // Memory that is full is handed to a flush in the background, which a slow disk may leave behind for a while.
      await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
        assertThat(engine.stats().logBytes()).isLessThan(20_000_000);
        assertThat(engine.stats().memtableBytes()).isLessThan(12_000_000);
        assertThat(engine.stats().stall()).isEqualTo(EngineStats.Stall.NONE);
      });
      EngineStats full = engine.stats();
      assertThat(full.diskBytes()).isGreaterThan(30_000_000);
      assertThat(full.tables()).isPositive();
      assertThat(full.entries().get("inboxes")).isBetween(60_000L, 140_000L);
      assertThat(full.backgroundErrors()).isZero();

      for (int number = 0; number < 100_000; ) {
        Changes changes = new Changes();
        for (int end = number + GROUP; number < end; number++) {
          changes.delete(Family.INBOXES, key(7, number));
        }
        engine.write(changes, false);
      }
      fill(engine, 8, 20_000);
      await().atMost(Duration.ofSeconds(20)).untilAsserted(
          () -> {
            assertThat(engine.stats().tableBytes()).isLessThan(12_000_000);
            assertThat(engine.stats().logBytes()).isLessThan(20_000_000);
          });
    }
  }

  @Test
  void givesSpaceBackOnceAQueueIsRemovedAsARange() throws IOException {
    try (RocksEngine engine = RocksEngine.open(directory, SMALL)) {
      fill(engine, 7, 100_000);
      Changes changes = new Changes();
      changes.deleteRange(Family.INBOXES, key(7, 0), key(8, 0));
      engine.write(changes, true);
      fill(engine, 8, 20_000);
      await().atMost(Duration.ofSeconds(20)).untilAsserted(
          () -> assertThat(engine.stats().tableBytes()).isLessThan(12_000_000));
    }
  }

  @Test
  void givesSpaceBackOnceAQueueIsRemovedInManySmallRanges() throws IOException {
    try (RocksEngine engine = RocksEngine.open(directory, SMALL)) {
      fill(engine, 7, 100_000);
      for (int number = 0; number < 100_000; number += 100) {
        Changes changes = new Changes();
        changes.deleteRange(Family.INBOXES, key(7, number), key(7, number + 100));
        engine.write(changes, false);
      }
      await().atMost(Duration.ofSeconds(20)).untilAsserted(
          () -> assertThat(engine.stats().tableBytes()).isLessThan(5_000_000));
    }
  }

  @Test
  void closesWhileItGivesSpaceBack() throws IOException {
    for (int round = 0; round < 3; round++) {
      try (RocksEngine engine = RocksEngine.open(directory, SMALL)) {
        fill(engine, 7, 100_000);
        Changes changes = new Changes();
        changes.deleteRange(Family.INBOXES, key(7, 0), key(8, 0));
        engine.write(changes, true);
        await().atMost(Duration.ofSeconds(10)).until(() -> engine.stats().runningCompactions() > 0
            || engine.stats().tableBytes() < 12_000_000);
        engine.reopen();
        assertThat(engine.lastKey(Family.INBOXES, key(0, 0), key(9, 0))).isNull();
      }
    }
  }

  @Test
  void readsTheNextOfAQueueWithoutWadingThroughOthers() throws IOException {
    try (RocksEngine engine = RocksEngine.open(directory, SMALL)) {
      fill(engine, 7, 50_000);
      fill(engine, 9, 1000);
      // Removed in memory only: no compaction has been near them.
      for (int number = 0; number < 50_000; ) {
        Changes changes = new Changes();
        for (int end = number + GROUP; number < end; number++) {
          changes.delete(Family.INBOXES, key(7, number));
        }
        engine.write(changes, false);
      }
      // Bounds keep the scan of one queue off its emptied neighbour: a thousand such scans in the time that
      // few unbounded ones would take.
      long start = System.nanoTime();
      for (int i = 0; i < 1000; i++) {
        assertThat(engine.lastKey(Family.INBOXES, key(8, 0), key(9, 0))).isNull();
        try (Engine.Cursor cursor = engine.scan(Family.INBOXES, key(6, 0), key(7, 0))) {
          assertThat(cursor.next()).isFalse();
        }
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
  }
}
