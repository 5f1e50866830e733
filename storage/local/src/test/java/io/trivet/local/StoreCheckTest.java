package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCheckTest {
  private static final EngineOptions SMALL = new EngineOptions(1 << 20, 4 << 20, 64 << 20, 2, 64);

  @TempDir Path directory;
  private Path store;

  @BeforeEach
  void fill() throws IOException {
    store = directory.resolve("store");
    byte[] value = new byte[3000];
    Random random = new Random(1);
    random.nextBytes(value);
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      for (int i = 0; i < 1000; i++) {
        byte[] other = new byte[3000];
        random.nextBytes(other);
        Changes changes = new Changes();
        changes.put(Family.INBOXES, ByteBuffer.allocate(8).putLong(i).array(), other);
        engine.write(changes, i % 100 == 99);
      }
    }
    // Opened once more what the log holds is sorted into tables.
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      Changes changes = new Changes();
      changes.put(Family.META, new byte[] {1}, value);
      engine.write(changes, true);
    }
  }

  private List<Path> files(String ending) throws IOException {
    try (var files = Files.list(store)) {
      return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] content = Files.readAllBytes(file);
    content[at] ^= 1;
    Files.write(file, content);
  }

  @Test
  void findsASoundStoreSound() throws IOException {
    List<Long> progress = new ArrayList<>();
    StoreCheck closed = StoreCheck.closed(store, (done, _) -> progress.add(done));
    assertThat(closed.damaged()).isEmpty();
    assertThat(closed.tornBytes()).isZero();
    assertThat(closed.bytes()).isGreaterThan(2_900_000);
    assertThat(progress).isSorted().hasSizeGreaterThan(1);
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      StoreCheck running = engine.verify(Progress.NONE);
      assertThat(running.damaged()).isEmpty();
      assertThat(running.bytes()).isGreaterThan(2_900_000);
      assertThatThrownBy(() -> StoreCheck.closed(store, Progress.NONE)).hasMessageContaining("in use");
    }
  }

  @Test
  void namesADamagedTableOfARunningStoreAndOfAClosedOne() throws IOException {
    Path damaged = files(".sst").getFirst();
    flip(damaged, 20_000);
    StoreCheck closed = StoreCheck.closed(store, Progress.NONE);
    assertThat(closed.isSound()).isFalse();
    assertThat(closed.damaged()).singleElement().satisfies(damage -> {
      assertThat(damage.file()).isEqualTo(damaged.getFileName().toString());
      assertThat(damage.what()).contains("checksum mismatch");
    });
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      StoreCheck running = engine.verify(Progress.NONE);
      assertThat(running.damaged()).isEqualTo(closed.damaged());
      // Who reads there is told as well, and reads no wrong value.
      assertThatThrownBy(() -> {
        try (Engine.Cursor cursor =
            engine.scan(Family.INBOXES, new byte[0], new byte[] {(byte) 0xff})) {
          EngineContract.rest(cursor);
        }
      }).isInstanceOfSatisfying(EngineException.class,
          e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT))
        .hasMessageContaining(damaged.getFileName().toString())
        .hasMessageContaining("offset");
    }
  }

  @Test
  void findsAMissingTable() throws IOException {
    Path missing = files(".sst").getFirst();
    Files.delete(missing);
    assertThat(StoreCheck.closed(store, Progress.NONE).damaged())
        .anySatisfy(damage -> assertThat(damage.what()).contains(missing.getFileName().toString()));
    assertThatThrownBy(() -> RocksEngine.open(store, SMALL)).isInstanceOfSatisfying(EngineException.class,
        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT));
  }

  @Test
  void findsADamagedManifest() throws IOException {
    Path manifest;
    try (var files = Files.list(store)) {
      manifest = files.filter(f -> f.getFileName().toString().startsWith("MANIFEST")).findFirst().orElseThrow();
    }
    flip(manifest, 30);
    assertThat(StoreCheck.closed(store, Progress.NONE).damaged())
        .singleElement().extracting(StoreCheck.Damage::file).isEqualTo("MANIFEST");
    assertThatThrownBy(() -> RocksEngine.open(store, SMALL)).isInstanceOfSatisfying(EngineException.class,
        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT));
  }

  @Test
  void tellsATornLogFromADamagedOneAndChangesNeither() throws IOException {
    Path log = files(".log").getLast();
    byte[] whole = Files.readAllBytes(log);
    assertThat(whole.length).isGreaterThan(3000);
    Files.write(log, Arrays.copyOf(whole, whole.length - 5));
    StoreCheck torn = StoreCheck.closed(store, Progress.NONE);
    assertThat(torn.damaged()).isEmpty();
    assertThat(torn.tornBytes()).isEqualTo(7 + RecordHead.BYTES - 5);
    assertThat(log).hasBinaryContent(Arrays.copyOf(whole, whole.length - 5));
    Files.write(log, whole);
    try (RocksEngine engine = RocksEngine.open(store, SMALL)) {
      assertThat(engine.found().cuts()).isEmpty();
    }
  }

  @Test
  void saysWhereThereIsNoStore() {
    assertThatThrownBy(() -> StoreCheck.closed(directory, Progress.NONE))
        .isInstanceOf(EngineException.class).hasMessage("there is no store in " + directory);
    assertThat(directory.resolve(DirectoryLock.NAME)).doesNotExist();
  }
}
