package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.abe.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The machine stops, or its disk is full, before each single write of each change.
class InterruptionTest {
  private static final int WRITES_MAX = 40;

  @TempDir private Path dir = Path.of("");

  @FunctionalInterface
  private interface Change {
    void on(Authority a) throws IOException;
  }

  /// What is in force: epoch, devices, and for each the epoch and the scope of the key that it would get.
  private static Map<String, String> state(Path at, DeviceKey key) throws IOException {
    Shelf shelf = Shelf.open(at);
    Map<String, String> all = new TreeMap<>();
    all.put("epoch", String.valueOf(shelf.epoch()));
    for (Subject s : shelf.subjects()) {
      all.put(s.device(), switch (shelf.key(s.device())) {
        case Shelf.Found.Key k -> PlainScheme.scopeOf(SealedKey.read(k.sealed().toArray()).orThrow().open(key).orThrow());
        case Shelf.Found other -> other.toString();
      });
    }
    return all;
  }

  private static List<String> changes(Path at) throws IOException {
    List<String> all = new ArrayList<>();
    assertThat(Shelf.open(at).check(e -> all.add(e.what() + " " + e.subject()))).isInstanceOf(LogCheck.Sound.class);
    return all;
  }

  private void everyWrite(String name, boolean full, Change change) throws IOException {
    boolean finished = false;
    for (int writes = 0; !finished; writes++) {
      assertThat(writes).isLessThan(WRITES_MAX);
      House house = new House(dir.resolve(name + writes)).founded();
      try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes)) {
        try (Authority a = house.open()) {
          House.issue(a, House.request("lamp-1", "ward:7", key), House.request("lamp-2", "ward:8", key));
        }
        Map<String, String> before = state(house.dir(), key);
        DyingDisk disk = new DyingDisk(writes, full);
        boolean told = false;
        try (Authority a = house.open(disk)) {
          change.on(a);
        } catch (DyingDisk.Stopped | IOException e) {
          told = true;
        }
        finished = !disk.died();
        assertThat(told || finished || !full).isTrue();
        if (full && told) {
          // A full disk is answered, and no trace is left: not even by the next opening.
          assertThat(state(house.dir(), key)).isEqualTo(before);
          assertThat(changes(house.dir())).containsExactly("INIT ", "ISSUE lamp-1", "ISSUE lamp-2");
        }
        try (Authority a = house.open()) {
          assertThat(a.subjects()).isNotEmpty();
        }
        Map<String, String> after = state(house.dir(), key);
        List<String> log = changes(house.dir());
        boolean happened = !after.equals(before);
        assertThat(happened || !finished).as("without an interruption it happens").isTrue();
        assertThat(names(house.dir())).as("nothing is left over").allMatch(n -> !n.startsWith("."));
        try (Stream<Path> keys = Files.list(house.dir().resolve("keys"))) {
          assertThat(keys.count()).isEqualTo(after.values().stream().filter(v -> v.contains("ward")).count());
        }
        // Everything that is in force is in the log, and what is only in the log is followed by a line that says so.
        if (!happened) {
          assertThat(log.size() == 3 || log.getLast().equals("RECOVER ")).as(log.toString()).isTrue();
        } else {
          assertThat(log.getLast()).isNotEqualTo("RECOVER ");
        }
      }
    }
  }

  private static List<String> names(Path at) throws IOException {
    try (Stream<Path> files = Files.list(at)) {
      return files.map(f -> String.valueOf(f.getFileName())).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesAnIssueWholeOrUndone(boolean full) throws IOException {
    everyWrite("issue", full, a -> a.issue(
        List.of(new Authority.Request("lamp-1", "ward:9", Optional.empty())), false, (_, _) -> {}));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesARotationWholeOrUndone(boolean full) throws IOException {
    everyWrite("rotate", full, a -> a.rotate((_, _) -> {}));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesARevocationWholeOrUndone(boolean full) throws IOException {
    everyWrite("revoke", full, a -> a.revoke(List.of("lamp-2")));
  }

  @Test
  void leavesAnInitWholeOrUndone() throws IOException {
    boolean finished = false;
    for (int writes = 0; !finished; writes++) {
      assertThat(writes).isLessThan(WRITES_MAX);
      House house = new House(dir.resolve("init" + writes));
      DyingDisk disk = new DyingDisk(writes, false);
      try {
        house.init(Kind.KEY_POLICY, disk);
      } catch (DyingDisk.Stopped e) {
        assertThatThrownBy(() -> Shelf.open(house.dir())).hasMessageContaining("holds no authority");
        house.init(Kind.KEY_POLICY, new OwnedDisk());
      }
      finished = !disk.died();
      try (Authority a = house.open()) {
        assertThat(a.epoch()).isEqualTo(1);
      }
    }
  }
}
