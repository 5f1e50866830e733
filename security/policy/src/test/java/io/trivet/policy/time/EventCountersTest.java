package io.trivet.policy.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCountersTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final EventCounters.Room SMALL = new EventCounters.Room(16, 64);

  private final EventCounters counters =
      new EventCounters(List.of(Counted.of("badge"), Counted.of("unlock")), EventCounters.Room.DEFAULT, 1);

  @Test
  void whatHappenedExactlyAWindowAgoIsOutOfIt() {
    counters.record("badge", "a", 5);
    assertThat(counters.seen("badge", "a", TEN, 5 + 10 * SECOND - 1)).isTrue();
    assertThat(counters.seen("badge", "a", TEN, 5 + 10 * SECOND)).isFalse();
    assertThat(counters.countTotal("badge", "a")).isEqualTo(1);
  }

  @Test
  void countsAgainFromTheLastStart() {
    counters.record("unlock", "a", 1);
    assertThat(counters.countSince("unlock", "badge", "a")).isEqualTo(1);
    counters.record("badge", "a", 1);
    assertThat(counters.countSince("unlock", "badge", "a")).isZero();
    counters.record("unlock", "a", 1);
    counters.record("unlock", "b", 1);
    assertThat(counters.countSince("unlock", "badge", "a")).isEqualTo(1);
  }

  /// Fails where a key that was pushed out is answered as if it had never been seen.
  @Test
  void aKeyThatWasPushedOutIsNotTakenForAnInnocentOne() {
    EventCounters c = new EventCounters(List.of(Counted.of("badge")), SMALL, 1);
    c.record("badge", "victim", 0);
    for (int i = 0; i < 1_000; i++) {
      c.record("badge", "flood" + i, SECOND);
    }
    assertThatThrownBy(() -> c.count("badge", "victim", TEN, 2 * SECOND)).isInstanceOf(NotKnown.class);
    assertThatThrownBy(() -> c.countTotal("badge", "victim")).isInstanceOf(NotKnown.class);
    assertThatThrownBy(() -> c.since("badge", "victim", 2 * SECOND)).isInstanceOf(NotKnown.class);
    // Once the window begins behind whatever was lost, its answer is known again.
    assertThat(c.count("badge", "victim", TEN, 11 * SECOND)).isZero();
    c.record("badge", "victim", 11 * SECOND);
    assertThat(c.count("badge", "victim", TEN, 11 * SECOND)).isEqualTo(1);
    assertThatThrownBy(() -> c.countTotal("badge", "victim")).isInstanceOf(NotKnown.class);
    assertThat(c.usage().keys()).isLessThanOrEqualTo(16);
    assertThat(c.usage().evicted()).isGreaterThan(900);
  }

  @Test
  void nothingIsLostOfAnEventThatIsQuietForItsHorizon() {
    EventCounters c = new EventCounters(List.of(new Counted("badge", 4, Optional.of(TEN))), SMALL, 1);
    for (int i = 0; i < 1_000; i++) {
      c.record("badge", "k" + i, i * 11L * SECOND);
    }
    assertThat(c.usage().evicted()).isZero();
    assertThat(c.count("badge", "k5", TEN, 11_000 * SECOND)).isZero();
    assertThatThrownBy(() -> c.countTotal("badge", "k5")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> c.count("badge", "k5", Duration.ofSeconds(11), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void moreThanIsRememberedIsNotCountedShort() {
    EventCounters c = new EventCounters(List.of(new Counted("badge", 4, Optional.empty())), SMALL, 1);
    for (int i = 0; i < 5; i++) {
      c.record("badge", "a", i * SECOND);
    }
    assertThat(c.count("badge", "a", Duration.ofSeconds(4), 4 * SECOND)).isEqualTo(4);
    assertThatThrownBy(() -> c.count("badge", "a", Duration.ofSeconds(5), 4 * SECOND)).isInstanceOf(NotKnown.class);
    assertThat(c.countTotal("badge", "a")).isEqualTo(5);
  }

  @Test
  void timeSpentStoppedCountsAsHavingPassed() {
    counters.record("badge", "a", 100 * SECOND);
    Bytes snapshot = counters.snapshot(103 * SECOND, 1_000_000);
    EventCounters later =
        EventCounters.restored(snapshot, counters.events(), counters.room(), 7, 1_004_000).orThrow();
    assertThat(later.since("badge", "a", 7)).hasValue(7 * SECOND);
    assertThat(later.seen("badge", "a", TEN, 7 + 2 * SECOND)).isTrue();
    assertThat(later.seen("badge", "a", TEN, 7 + 3 * SECOND)).isFalse();
    EventCounters setBack =
        EventCounters.restored(snapshot, counters.events(), counters.room(), 7, 0).orThrow();
    assertThat(setBack.since("badge", "a", 7)).hasValue(3 * SECOND);
  }

  @Test
  void anEventDeclaredNoLongerIsLeftOutOfARestart() {
    counters.record("badge", "a", 1);
    counters.record("unlock", "a", 1);
    List<Counted> changed = List.of(Counted.of("new"), Counted.of("unlock"));
    EventCounters later =
        EventCounters.restored(counters.snapshot(1, 0), changed, counters.room(), 1, 0).orThrow();
    assertThat(later.countTotal("unlock", "a")).isEqualTo(1);
    assertThat(later.countTotal("new", "a")).isZero();
    assertThat(later.usage().keys()).isEqualTo(1);
  }

  @Test
  void aSmallerRoomAfterARestartForgetsTheQuietestWithANote() {
    for (int i = 0; i < 100; i++) {
      counters.record("badge", "k" + i, i);
    }
    EventCounters later =
        EventCounters.restored(counters.snapshot(100, 0), counters.events(), SMALL, 100, 0).orThrow();
    assertThat(later.usage().keys()).isLessThanOrEqualTo(16);
    assertThatThrownBy(() -> later.countTotal("badge", "k0")).isInstanceOf(NotKnown.class);
    assertThat(later.countTotal("badge", "k99")).isEqualTo(1);
  }

  @Test
  void aLongOrStrangeKeyIsCountedLikeAnyOther() {
    String lone = "a" + (char) 0xD800;
    for (String key : List.of("x".repeat(70_000), lone, "\0", "")) {
      counters.record("badge", key, 1);
      assertThat(counters.countTotal("badge", key)).isEqualTo(1);
    }
    assertThat(counters.countTotal("badge", "a?")).isZero();
    // A key that spells what another one is kept as is not that other one.
    assertThat(counters.countTotal("badge", EventCounters.bounded("\0"))).isZero();
    assertThat(EventCounters.restored(counters.snapshot(1, 0), counters.events(), counters.room(), 1, 0))
        .isInstanceOf(Parsed.Valid.class);
  }

  @Test
  void refusesWhatIsNoSnapshot() {
    Bytes good = counters.snapshot(1, 0);
    assertThat(EventCounters.restored(Bytes.EMPTY, counters.events(), SMALL, 1, 0)).isInstanceOf(Parsed.Invalid.class);
    assertThat(EventCounters.restored(good.slice(0, good.length() - 1), counters.events(), SMALL, 1, 0))
        .isInstanceOf(Parsed.Invalid.class);
  }
}
