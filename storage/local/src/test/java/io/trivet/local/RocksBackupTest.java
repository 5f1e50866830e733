package io.trivet.local;

import static io.trivet.local.EngineContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksBackupTest {
  // Small: while the backup is made logs change and tables are replaced.
  private static final EngineOptions SMALL = new EngineOptions(1 << 20, 4 << 20, 4 << 20, 2, 64);

  @TempDir Path directory;

  private static byte[] number(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  /// Writes pairs, one in each of two families, and removes old ones.
  private static void write(Engine engine, long number, byte[] value) throws IOException {
    Changes changes = new Changes();
    changes.put(Family.INBOXES, number(number), value);
    changes.put(Family.META, number(number), value);
    if (number % 3 == 0) {
      changes.deleteRange(Family.INBOXES, number(0), number(number / 2));
      changes.deleteRange(Family.META, number(0), number(number / 2));
    }
    engine.write(changes, number % 16 == 0);
  }

  private static long checkPairs(Engine engine) throws IOException {
    long last = -1;
    try (Engine.Cursor inboxes = engine.scan(Family.INBOXES, number(0), number(Long.MAX_VALUE));
        Engine.Cursor meta = engine.scan(Family.META, number(0), number(Long.MAX_VALUE))) {
      while (inboxes.next()) {
        assertThat(meta.next()).isTrue();
        assertThat(meta.key()).isEqualTo(inboxes.key());
        assertThat(meta.value()).isEqualTo(inboxes.value());
        long number = ByteBuffer.wrap(inboxes.key()).getLong();
        assertThat(last < 0 || number == last + 1).as("%d after %d", number, last).isTrue();
        last = number;
      }
      assertThat(meta.next()).isFalse();
    }
    return last;
  }

  @Test
  void holdsAConsistentPrefixOfWhatAWriterWritesMeanwhile() throws Exception {
    AtomicLong written = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    byte[] value = new byte[1500];
    new Random(1).nextBytes(value);
    Path registry = Files.writeString(directory.resolve("devices.yaml"), "devices: []");
    try (RocksEngine engine = RocksEngine.open(directory.resolve("store"), SMALL);
        ExecutorService writer = Executors.newSingleThreadExecutor()) {
      Future<?> writing = writer.submit(() -> {
        for (long number = 0; !stop.get(); number++) {
          write(engine, number, value);
          written.set(number);
        }
        return null;
      });
      for (int round = 0; round < 4; round++) {
        Thread.sleep(100);
        Path backup = directory.resolve("backup" + round);
        long before = written.get();
        engine.snapshot(backup, Map.of("devices.yaml", registry), Progress.NONE);
        long after = written.get();

        Path restored = directory.resolve("restored" + round);
        Backup.unpack(backup, restored, Progress.NONE);
        assertThat(restored.resolve("extra/devices.yaml")).hasContent("devices: []");
        try (RocksEngine other = RocksEngine.open(restored, SMALL)) {
          assertThat(other.found().cuts()).isEmpty();
          assertThat(checkPairs(other)).isBetween(before, after + 1);
          write(other, after + 5, value);
        }
      }
      // Tables that are replaced while it reads are no damage.
      for (int round = 0; round < 5; round++) {
        StoreCheck check = engine.verify(Progress.NONE);
        assertThat(check.damaged()).isEmpty();
        assertThat(check.files()).isPositive();
      }
      stop.set(true);
      writing.get(10, TimeUnit.SECONDS);
      assertThat(checkPairs(engine)).isEqualTo(written.get());
      assertThat(directory.resolve("store/snapshot")).doesNotExist();
    }
  }

  @Test
  void leavesNothingBehindWhenItCannotBeWritten() throws IOException {
    Path store = directory.resolve("store");
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      write(engine, 1, bytes("value"));
      assertThatThrownBy(() -> engine.snapshot(directory.resolve("missing/backup"), Map.of(), Progress.NONE))
          .isInstanceOf(EngineException.class).hasMessageContaining("writing the backup");
      assertThat(store.resolve("snapshot")).doesNotExist();
      engine.snapshot(directory.resolve("backup"), Map.of(), Progress.NONE);
      assertThat(Backup.verify(directory.resolve("backup"), Progress.NONE).files()).isGreaterThan(3);
    }
    // One that was killed in the middle left its links.
    Files.createDirectories(store.resolve("snapshot"));
    Files.writeString(store.resolve("snapshot/000001.sst"), "links");
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      assertThat(store.resolve("snapshot")).doesNotExist();
      assertThat(engine.get(Family.META, number(1))).isEqualTo(bytes("value"));
    }
  }

  @Test
  void refusesASecondBackupMeanwhile() throws Exception {
    try (RocksEngine engine = RocksEngine.open(directory.resolve("store"), SMALL)) {
      write(engine, 1, bytes("value"));
      AtomicBoolean refused = new AtomicBoolean();
      engine.snapshot(directory.resolve("backup"), Map.of(), (_, _) -> {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
          refused.compareAndSet(false, other.submit(() -> {
            assertThatThrownBy(() -> engine.snapshot(directory.resolve("second"), Map.of(), Progress.NONE))
                .hasMessageContaining("being made already");
            return true;
          }).get());
        } catch (java.util.concurrent.ExecutionException | InterruptedException e) {
          throw new AssertionError(e);
        }
      });
      assertThat(refused).isTrue();
    }
  }
}
