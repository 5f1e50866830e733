package io.trivet.local;

import static io.trivet.local.EngineContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.local.WalCheck.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalCheckTest {
  private static final String FIRST = "000004.log";
  private static final String SECOND = "000009.log";

  @TempDir Path directory;

  private static byte[] value(int bytes) {
    byte[] value = new byte[bytes];
    new Random(bytes).nextBytes(value);
    return value;
  }

  private WalCheck.Report run(Mode mode) throws IOException {
    return WalCheck.run(directory, mode);
  }

  private void write(String log, byte[] bytes) throws IOException {
    Files.write(directory.resolve(log), bytes);
  }

  private void assertCut(byte[] log, int at) throws IOException {
    write(FIRST, log);
    WalCheck.Report report = run(Mode.CUT_TORN);
    assertThat(report.cuts()).hasSize(1);
    WalCheck.Cut cut = report.cuts().getFirst();
    assertThat(cut.log()).isEqualTo(FIRST);
    assertThat(cut.offset()).isEqualTo(at);
    assertThat(cut.bytes()).isEqualTo(log.length - at);
    assertThat(directory.resolve(cut.copy())).hasBinaryContent(Arrays.copyOfRange(log, at, log.length));
    if (at > 0) {
      assertThat(directory.resolve(FIRST)).hasBinaryContent(Arrays.copyOf(log, at));
    } else {
      assertThat(directory.resolve(FIRST)).doesNotExist();
    }
    assertThat(run(Mode.CUT_TORN).cuts()).isEmpty();
  }

  private AbstractThrowableAssert<?, ?> assertRefused(byte[] log) throws IOException {
    write(FIRST, log);
    var refused = assertThatThrownBy(() -> run(Mode.CUT_TORN))
        .isInstanceOfSatisfying(EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT));
    assertThat(directory.resolve(FIRST)).hasBinaryContent(log);
    return refused;
  }

  private static byte[] flip(byte[] log, int at) {
    byte[] flipped = log.clone();
    flipped[at] ^= 0x10;
    return flipped;
  }

  @Test
  void findsNothingWhereThereIsNothing() throws IOException {
    assertThat(run(Mode.CUT_TORN)).isEqualTo(WalCheck.Report.NONE);
    write(FIRST, new byte[0]);
    assertThat(run(Mode.CUT_TORN).cuts()).isEmpty();
    assertThat(WalCheck.run(directory.resolve("missing"), Mode.CUT_TORN)).isEqualTo(WalCheck.Report.NONE);
  }

  @Test
  void readsGroupsOfEverySizeAcrossBlocks() throws IOException {
    LogBytes log = new LogBytes(1);
    for (int size = 0; size < 600; size++) {
      log.group(value(size));
    }
    log.group(value(100_000)).group(value(32_768)).group(value(1));
    write(FIRST, log.bytes());
    assertThat(run(Mode.CUT_TORN)).isEqualTo(new WalCheck.Report(1, log.bytes().length, java.util.List.of()));
  }

  @Test
  void readsAGroupWhoseFirstFragmentIsEmpty() throws IOException {
    LogBytes log = new LogBytes(1).group(value(32_768 - 7 - 7 - 30 - 7));
    assertThat(log.bytes().length).isEqualTo(32_768 - 7);
    log.group(value(10)).group(value(10));
    write(FIRST, log.bytes());
    assertThat(run(Mode.CUT_TORN).cuts()).isEmpty();
    assertRefused(flip(log.bytes(), 32_768 - 1));
  }

  @Test
  void refusesAFlippedBitInAnyGroupButTheLast() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(0)).group(value(90)).group(value(30));
    int last = log.starts().get(3);
    for (int at = 0; at < last; at++) {
      assertRefused(flip(log.bytes(), at)).hasMessageContaining(FIRST);
    }
  }

  @Test
  void cutsTheLastGroupWithAFlippedBitAnywhere() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(0)).group(value(90)).group(value(30));
    int last = log.starts().get(3);
    for (int at = last; at < log.bytes().length; at++) {
      assertCut(flip(log.bytes(), at), last);
    }
  }

  @Test
  void namesTheFileTheOffsetAndTheReason() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(50)).group(value(60));
    int second = log.starts().get(1);
    assertRefused(flip(log.bytes(), second + 20))
        .hasMessageContaining(
            directory.resolve(FIRST) + " is damaged at byte " + second + " of " + log.bytes().length)
        .hasMessageContaining("checksum mismatch")
        .hasMessageContaining("restore a backup");
  }

  @Test
  void cutsATruncatedLogWhereItsLastWholeGroupEnds() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(0)).group(value(90));
    for (int length = 0; length < log.bytes().length; length++) {
      byte[] truncated = Arrays.copyOf(log.bytes(), length);
      int end = length;
      int whole = log.starts().stream().filter(start -> start <= end).reduce(0, Math::max);
      if (whole == length) {
        write(FIRST, truncated);
        assertThat(run(Mode.CUT_TORN).cuts()).isEmpty();
      } else {
        assertCut(truncated, whole);
      }
    }
  }

  @Test
  void cutsALargeLastGroupWhosePagesReachedTheDiskInPart() throws IOException {
    LogBytes log = new LogBytes(1).group(value(5000)).group(value(200_000));
    int last = log.starts().get(1);
    for (int page = 2 * 4096; page + 4096 < log.bytes().length; page += 4096) {
      byte[] torn = log.bytes();
      Arrays.fill(torn, page, page + 4096, (byte) 0);
      assertCut(torn, last);
    }
  }

  @Test
  void refusesALargeGroupWithALostPageWhereAnotherGroupFollows() throws IOException {
    LogBytes log = new LogBytes(1).group(value(5000)).group(value(200_000)).group(value(10));
    for (int page = 2 * 4096; page + 4096 < 200_000; page += 8 * 4096) {
      byte[] torn = log.bytes();
      Arrays.fill(torn, page, page + 4096, (byte) 0);
      assertRefused(torn);
    }
  }

  @Test
  void cutsZerosAndGarbageBehindTheLastGroup() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(40));
    int end = log.bytes().length;
    for (int more : new int[] {1, 6, 7, 100, 40_000}) {
      assertCut(Arrays.copyOf(log.bytes(), end + more), end);
      byte[] garbage = Arrays.copyOf(log.bytes(), end + more);
      System.arraycopy(value(more), 0, garbage, end, more);
      assertCut(garbage, end);
    }
  }

  @Test
  void refusesALostBlockBeforeOthersEvenWhereItReadsAsZeros() throws IOException {
    LogBytes log = new LogBytes(1);
    for (int i = 0; i < 400; i++) {
      log.group(value(300));
    }
    byte[] lost = log.bytes();
    Arrays.fill(lost, 32_768, 2 * 32_768, (byte) 0);
    assertRefused(lost).hasMessageContaining("zeros");
  }

  @Test
  void refusesDamageInALogBeforeTheLast() throws IOException {
    LogBytes first = new LogBytes(1).group(value(40)).group(value(40));
    LogBytes second = new LogBytes(first.sequence()).group(value(40));
    write(SECOND, second.bytes());
    assertRefused(flip(first.bytes(), first.starts().get(1) + 9)).hasMessageContaining(FIRST);
    assertRefused(Arrays.copyOf(first.bytes(), first.starts().get(1) + 9)).hasMessageContaining("cut off");
    write(FIRST, first.bytes());
    assertThat(run(Mode.CUT_TORN).logs()).isEqualTo(2);
    // The first log whole, and the second one torn in its only group: nothing of it remains.
    write(SECOND, flip(second.bytes(), 9));
    assertThat(run(Mode.CUT_TORN).cuts())
        .containsExactly(new WalCheck.Cut(SECOND, 0, second.bytes().length, "checksum mismatch"));
  }

  @Test
  void refusesDamageAtTheVeryBeginning() throws IOException {
    LogBytes log = new LogBytes(70_000).group(value(40)).group(value(40));
    assertRefused(flip(log.bytes(), 8));
    Files.delete(directory.resolve(FIRST));
    // Two lost groups of a hundred entries each would do, too: whatever is synced counts.
    byte[] lost = log.bytes();
    Arrays.fill(lost, 0, log.starts().get(1), (byte) 0);
    assertRefused(lost);
  }

  @Test
  void cutsAtTheVeryBeginningWhereNothingWasSyncedSinceTheStoreWasOpened() throws IOException {
    LogBytes log = new LogBytes(1001).group(value(400), 1000).group(value(40), 1000).group(value(40), 1000);
    assertCut(flip(log.bytes(), 100), 0);
    // Once something was, it may have been this.
    LogBytes synced = new LogBytes(1001).group(value(400), 1000).group(value(40), 1000).group(value(40), 1002);
    assertRefused(flip(synced.bytes(), 100));
  }

  @Test
  void cutsAtTheFirstHoleWhereGroupsWereNotSynced() throws IOException {
    LogBytes first = new LogBytes(10);
    for (int i = 0; i < 10; i++) {
      first.group(value(100), 9 + Math.min(i, 3)); // synced up to the third
    }
    LogBytes second = new LogBytes(first.sequence()).group(value(50), 12);
    int fifth = first.starts().get(4);
    write(SECOND, second.bytes());
    write(FIRST, flip(first.bytes(), fifth + 30));
    WalCheck.Report report = run(Mode.CUT_TORN);
    assertThat(report.cuts()).containsExactly(
        new WalCheck.Cut(FIRST, fifth, first.bytes().length - fifth, "checksum mismatch"),
        new WalCheck.Cut(SECOND, 0, second.bytes().length, "behind what is torn"));
    assertThat(report.cutBytes()).isEqualTo(first.bytes().length - fifth + second.bytes().length);
    assertThat(directory.resolve(SECOND)).doesNotExist();
    assertThat(directory.resolve(SECOND + ".torn")).hasBinaryContent(second.bytes());
    // What was synced is refused here, too.
    write(SECOND, second.bytes());
    assertRefused(flip(first.bytes(), first.starts().get(2) + 30));
  }

  @Test
  void believesNoRecordThatAClientMadeUp() throws IOException {
    // A client's message that holds whole log records, each claiming that everything was synced, in a torn
    // group.
    LogBytes forged = new LogBytes(1L << 40);
    for (int i = 0; i < 50; i++) {
      forged.group(value(40));
    }
    LogBytes log = new LogBytes(1_000_000).group(value(40)).group(forged.bytes());
    int last = log.starts().get(1);
    assertCut(flip(log.bytes(), last + 8), last);
    byte[] lostHeader = log.bytes();
    Arrays.fill(lostHeader, last, last + 60, (byte) 0);
    assertCut(lostHeader, last);
  }

  @Test
  void cutsSyncedGroupsOnlyWhenToldTo() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(40)).group(value(40));
    write(FIRST, flip(log.bytes(), log.starts().get(1) + 20));
    assertThatThrownBy(() -> run(Mode.LOOK)).isInstanceOf(EngineException.class);
    assertThat(run(Mode.CUT_DAMAGED).cutBytes()).isEqualTo(log.bytes().length - log.starts().get(1));
    assertThat(run(Mode.CUT_TORN).cuts()).isEmpty();
  }

  @Test
  void changesNothingWhenItOnlyLooks() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(40));
    byte[] torn = flip(log.bytes(), log.starts().get(1) + 20);
    write(FIRST, torn);
    assertThat(run(Mode.LOOK).cuts()).hasSize(1);
    assertThat(directory.resolve(FIRST)).hasBinaryContent(torn);
    assertThat(directory.resolve(FIRST + ".torn")).doesNotExist();
  }

  @Test
  void keepsTheEightNewestTornFiles() throws IOException {
    LogBytes log = new LogBytes(1).group(value(40)).group(value(40));
    for (int i = 10; i < 30; i++) {
      Files.write(directory.resolve("0000" + i + ".log"), flip(log.bytes(), log.starts().get(1) + 20));
      run(Mode.CUT_TORN);
      Files.delete(directory.resolve("0000" + i + ".log"));
    }
    try (var files = Files.list(directory)) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted().toList())
          .hasSize(8).startsWith("000022.log.torn").endsWith("000029.log.torn");
    }
  }

  @Test
  void readsAndRepairsTheLogsThatRocksDbWrites() throws IOException {
    int groups = 60;
    Path original = Files.createDirectory(directory.resolve("original"));
    Path running = directory.resolve("running");
    try (RocksEngine engine = RocksEngine.open(running, EngineOptions.DEFAULT)) {
      for (int i = 0; i < groups; i++) {
        Changes changes = new Changes();
        changes.put(Family.META, new byte[] {(byte) i}, value(i * 40));
        changes.put(Family.INBOXES, new byte[] {(byte) i}, value(i * 20));
        engine.write(changes, true);
      }
      assertThat(engine.found().cuts()).isEmpty();
      // As a kill leaves it.
      copy(running, original, log -> log);
    }
    WalCheck.Report whole = WalCheck.run(original, Mode.LOOK);
    assertThat(whole.cuts()).isEmpty();
    assertThat(whole.bytes()).isGreaterThan(60 * 59 / 2 * 60);

    assertThat(groupsAfter(original, log -> log)).isEqualTo(groups);
    assertThat(groupsAfter(original, log -> flip(log, log.length - 1))).isEqualTo(groups - 1);
    assertThat(groupsAfter(original, log -> Arrays.copyOf(log, log.length - 1))).isEqualTo(groups - 1);
    assertThat(groupsAfter(original, log -> Arrays.copyOf(log, log.length + 5000))).isEqualTo(groups);
    assertThat(groupsAfter(original, log -> Arrays.copyOf(log, 5))).isZero();
    Random random = new Random(3);
    int before = groups;
    for (int i = 0; i < 12; i++) {
      int length = random.nextInt(40_000, 120_000);
      assertThat(groupsAfter(original, log -> Arrays.copyOf(log, Math.min(length, log.length)))).isBetween(1, before);
      assertThatThrownBy(() -> groupsAfter(original, log -> flip(log, length - 35_000)))
          .isInstanceOf(EngineException.class).hasMessageContaining(".log is damaged at byte ");
    }
  }

  /// How many groups a store holds after its log was changed; all before them must be there.
  private int groupsAfter(Path original, UnaryOperator<byte[]> change) throws IOException {
    Path copy = Files.createTempDirectory(directory, "copy");
    copy(original, copy, change);
    try (RocksEngine engine = RocksEngine.open(copy, EngineOptions.DEFAULT)) {
      int groups = 0;
      while (engine.get(Family.META, new byte[] {(byte) groups}) != null) {
        assertThat(engine.get(Family.INBOXES, new byte[] {(byte) groups})).isEqualTo(value(groups * 20));
        groups++;
      }
      try (Engine.Cursor cursor = engine.scan(Family.META, bytes(""), bytes("\u00ff"))) {
        assertThat(EngineContract.rest(cursor)).hasSize(groups);
      }
      return groups;
    }
  }

  private static void copy(Path from, Path to, UnaryOperator<byte[]> change) throws IOException {
    try (var files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        byte[] content = Files.readAllBytes(file);
        boolean isLog = file.toString().endsWith(".log");
        Files.write(to.resolve(file.getFileName()), isLog && content.length > 0 ? change.apply(content) : content);
      }
    }
  }

  @Test
  void refusesDamageToTheLastGroupOnceTheStoreWasStopped() throws IOException {
    Path stopped = directory.resolve("stopped");
    try (RocksEngine engine = RocksEngine.open(stopped, EngineOptions.DEFAULT)) {
      for (int i = 0; i < 3; i++) {
        Changes changes = new Changes();
        changes.put(Family.META, new byte[] {(byte) i}, value(i * 40));
        changes.put(Family.INBOXES, new byte[] {(byte) i}, value(i * 20));
        engine.write(changes, i != 2);
      }
    }
    assertThat(groupsAfter(stopped, log -> log)).isEqualTo(3);
    int seal = 7 + RecordHead.BYTES;
    for (int back = 1; back < 100; back += 7) {
      int at = back;
      assertThat(groupsAfter(stopped, log -> flip(log, log.length - 1 - at % seal))).isEqualTo(3);
      assertThatThrownBy(() -> groupsAfter(stopped, log -> flip(log, log.length - seal - at)))
          .isInstanceOf(EngineException.class);
    }
    // What was stopped goes on.
    try (RocksEngine engine = RocksEngine.open(stopped, EngineOptions.DEFAULT)) {
      Changes changes = new Changes();
      changes.put(Family.META, new byte[] {3}, value(3));
      changes.put(Family.INBOXES, new byte[] {3}, value(60));
      engine.write(changes, true);
    }
    assertThat(groupsAfter(stopped, log -> log)).isEqualTo(4);
  }
}
