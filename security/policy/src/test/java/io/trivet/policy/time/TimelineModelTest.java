package io.trivet.policy.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The course of an attribute beside an evaluator that keeps every setting and looks at every nanosecond.
class TimelineModelTest {
  private record Setting(long at, Object value) {}

  private static Optional<Object> at(List<Setting> all, long time, long stale, Optional<Object> otherwise) {
    Optional<Object> value = otherwise;
    for (Setting s : all) {
      if (s.at <= time) {
        value = time - s.at < stale ? Optional.of(s.value) : otherwise;
      }
    }
    return value;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 4096, 0, false", "2, 4096, 7, false", "3, 4096, 7, true", "4, 3, 7, false", "5, 3, 0, false", "6, 4, 9, true",
    "7, 4096, 1, false", "8, 4096, 0, true",
  })
  void answersAsTheWholeTraceWould(long seed, int segments, long stale, boolean defaulted) {
    Random random = new Random(seed);
    Optional<Object> otherwise = defaulted ? Optional.of(0L) : Optional.empty();
    Timeline t = new Timeline(segments, stale == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(stale)), otherwise);
    List<Setting> all = new ArrayList<>();
    long now = 1_000;
    long limit = stale == 0 ? Long.MAX_VALUE : stale;
    int known = 0;
    for (int i = 0; i < 1_500; i++) {
      now += random.nextInt(4) == 0 ? random.nextInt(12) : random.nextInt(2);
      Object value = (long) random.nextInt(2);
      if (random.nextInt(3) == 0) {
        boolean changed = t.set(value, now);
        assertThat(changed).isEqualTo(!at(all, now, limit, otherwise).equals(Optional.of(value)));
        all.add(new Setting(now, value));
      }
      long ago = random.nextInt(25);
      assertThat(t.now(now)).isEqualTo(at(all, now, limit, otherwise));
      try {
        assertThat(t.at(Duration.ofNanos(ago), now)).as("%d ago at %d", ago, now)
            .isEqualTo(at(all, now - ago, limit, otherwise));
        known++;
      } catch (NotKnown _) {
        assertThat(t.forgot()).isTrue();
      }
      held(t, all, value, ago, now, limit, otherwise);
    }
    assertThat(known).isGreaterThan(500);
  }

  private static void held(
      Timeline t, List<Setting> all, Object value, long span, long now, long stale, Optional<Object> otherwise) {
    boolean allEqual = true;
    boolean unknown = false;
    for (long x = now - span; x <= now; x++) {
      Optional<Object> v = at(all, x, stale, otherwise);
      unknown |= v.isEmpty();
      allEqual &= v.isEmpty() || v.get().equals(value);
    }
    try {
      assertThat(t.held(value, Duration.ofNanos(span), now)).as("held %s for %d at %d", value, span, now)
          .isEqualTo(allEqual);
      assertThat(allEqual && unknown).isFalse();
    } catch (NotKnown _) {
      assertThat(allEqual && unknown || t.forgot()).isTrue();
    }
  }

  @Test
  void whatWasNeverSetIsNotTakenForHeld() {
    Timeline t = new Timeline(4, Optional.empty(), Optional.empty());
    assertThat(t.now(5)).isEmpty();
    assertThatThrownBy(() -> t.held(true, Duration.ofSeconds(1), 5)).isInstanceOf(NotKnown.class);
    t.set(true, 5);
    assertThat(t.held(true, Duration.ofNanos(2), 7)).isTrue();
    assertThatThrownBy(() -> t.held(true, Duration.ofNanos(3), 7)).isInstanceOf(NotKnown.class);
    assertThat(t.held(false, Duration.ofNanos(3), 7)).isFalse();
  }
}
