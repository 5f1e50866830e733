package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.local.WalCheck.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalCheckFuzzTest {
  private static final String LOG = "000004.log";

  /// The law of the check: a group that was synced is there, or the start is refused.
  @FuzzTest
  void refusesWhateverHasAGoodGroupBehindABadOne(byte[] edits) throws IOException {
    edited(edits);
  }

  /// Whatever the file holds: what is cut off is kept, and what is left is whole.
  @FuzzTest
  void leavesWholeGroupsAndKeepsTheRest(byte[] log) throws IOException {
    withLog(log, directory -> {
      WalCheck.Report report;
      try {
        report = WalCheck.run(directory, Mode.CUT_TORN);
      } catch (EngineException e) {
        assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT);
        report = WalCheck.run(directory, Mode.CUT_DAMAGED);
      }
      if (!report.cuts().isEmpty()) {
        WalCheck.Cut cut = report.cuts().getFirst();
        assertThat(cut.offset() + cut.bytes()).isEqualTo(log.length);
        assertThat(Files.readAllBytes(directory.resolve(cut.copy())))
            .isEqualTo(Arrays.copyOfRange(log, (int) cut.offset(), log.length));
      }
      WalCheck.Report again = WalCheck.run(directory, Mode.CUT_TORN);
      assertThat(again.cuts()).isEmpty();
      assertThat(again.bytes() + report.cutBytes()).isEqualTo(log.length);
    });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void refusesWhateverHasAGoodGroupBehindABadOneForManySeeds(long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] edits = new byte[5 * random.nextInt(1, 12)];
      random.nextBytes(edits);
      try {
        edited(edits);
      } catch (AssertionError e) {
        throw new AssertionError("edits " + java.util.HexFormat.of().formatHex(edits), e);
      }
    }
  }

  /// @param edits each of five bytes: how many bytes (u8), where (u24), with what
  private static void edited(byte[] edits) throws IOException {
    LogBytes original = new LogBytes(1000);
    for (int size : new int[] {0, 60, 33_000, 7, 300, 40_000, 25}) {
      byte[] value = new byte[size];
      new Random(size).nextBytes(value);
      original.group(value);
    }
    byte[] log = original.bytes();
    for (ByteBuffer edit = ByteBuffer.wrap(edits); edit.remaining() >= 5; ) {
      int at = (edit.getInt() & 0xffffff) % log.length;
      int length = 1 + (edit.get(edit.position() - 4) & 0xff);
      Arrays.fill(log, at, Math.min(log.length, at + length), edit.get());
    }
    List<Integer> starts = original.starts();
    int groups = starts.size() - 1;
    int bad = 0;
    while (bad < groups && isIntact(original.bytes(), log, starts, bad)) {
      bad++;
    }
    boolean goodBehind = false;
    for (int group = bad + 1; group < groups; group++) {
      goodBehind |= isIntact(original.bytes(), log, starts, group);
    }
    int cut = starts.get(bad);
    boolean refused = goodBehind;
    withLog(log, directory -> {
      if (refused) {
        try {
          WalCheck.Report report = WalCheck.run(directory, Mode.CUT_TORN);
          throw new AssertionError("not refused, but " + report);
        } catch (EngineException e) {
          assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT);
        }
      } else {
        WalCheck.run(directory, Mode.CUT_TORN);
        Path left = directory.resolve(LOG);
        assertThat(Files.exists(left) ? Files.size(left) : 0).isEqualTo(cut);
      }
    });
  }

  private static boolean isIntact(byte[] original, byte[] log, List<Integer> starts, int group) {
    int from = starts.get(group);
    int to = starts.get(group + 1);
    return Arrays.equals(original, from, to, log, from, to);
  }

  private interface Check {
    void in(Path directory) throws IOException;
  }

  private static void withLog(byte[] log, Check check) throws IOException {
    Path directory = Files.createTempDirectory("wal");
    try {
      Files.write(directory.resolve(LOG), log);
      check.in(directory);
    } finally {
      try (var files = Files.list(directory)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }
}
