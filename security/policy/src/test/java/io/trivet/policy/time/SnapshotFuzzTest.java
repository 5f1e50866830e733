package io.trivet.policy.time;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Any bytes as a snapshot of counters: refused with a reason, or counters that answer, stay within their room and write
/// themselves again. Run with `JAZZER_FUZZ=1` to search; otherwise the seeds are replayed.
class SnapshotFuzzTest {
  private static final List<Counted> EVENTS =
      List.of(Counted.of("badge"), new Counted("unlock", 8, Optional.of(Duration.ofMinutes(1))));
  private static final EventCounters.Room ROOM = new EventCounters.Room(64, 1_024);

  /// @return whether it was one
  private static boolean read(byte[] data) {
    return switch (EventCounters.restored(Bytes.wrap(data), EVENTS, ROOM, 1_000, 2_000)) {
      case Parsed.Invalid<EventCounters>(String rule, String what) -> {
        assertThat(rule).isEqualTo("counters");
        assertThat(what).isNotEmpty();
        yield false;
      }
      case Parsed.Valid<EventCounters>(EventCounters c) -> {
        c.record("badge", "a", 1_000);
        c.record("unlock", "b", 999);
        assertThat(c.seen("badge", "a", Duration.ofSeconds(1), 1_000)).isTrue();
        assertThat(c.usage().keys()).isLessThanOrEqualTo(64);
        Bytes again = c.snapshot(1_000, 2_000);
        Parsed<EventCounters> twice = EventCounters.restored(again, EVENTS, ROOM, 1_000, 2_000);
        assertThat(twice.orThrow().snapshot(1_000, 2_000)).isEqualTo(again);
        yield true;
      }
    };
  }

  @FuzzTest
  void readsSnapshots(byte[] data) {
    read(data);
  }

  private static byte[] sample() {
    EventCounters c = new EventCounters(EVENTS, ROOM, 3);
    Random random = new Random(4);
    for (int i = 0; i < 300; i++) {
      c.record(i % 3 == 0 ? "unlock" : "badge", "k" + random.nextInt(i < 200 ? 5 : 90), i);
    }
    return c.snapshot(300, 1_999).toArray();
  }

  @Test
  void livesThroughMutationsOfARealSnapshot() {
    byte[] whole = sample();
    assertThat(read(whole.clone())).isTrue();
    Random random = new Random(5);
    int taken = 0;
    for (int i = 0; i < 400; i++) {
      byte[] m = whole.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        m[random.nextInt(m.length)] ^= (byte) (1 << random.nextInt(8));
      }
      taken += read(m) ? 1 : 0;
    }
    assertThat(taken).isBetween(1, 399);
  }
}
