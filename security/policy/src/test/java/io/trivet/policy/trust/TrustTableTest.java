package io.trivet.policy.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TrustTableTest {
  private static final Offset<Double> CLOSE = within(1e-9);
  private static final Duration DAY = Duration.ofDays(1);
  private static final long DAY_NANOS = DAY.toNanos();
  private static final List<Aspect> ASPECTS = List.of(
      new Aspect("identity", Map.of("mtls", 0.9, "psk", 0.6, "password", 0.3), Optional.of(DAY), Aspect.WEIGHT),
      new Aspect("behaviour", Map.of(), Optional.empty(), Aspect.WEIGHT));

  private final TrustTable table = new TrustTable(ASPECTS, 1_000);

  private double identity(String subject, long now) {
    return table.trust(subject, "identity", now).orElseThrow();
  }

  @Test
  void beginsAsTheWayOfProvingOneselfSays() {
    table.authenticated("a", "mtls", 0);
    table.authenticated("b", "password", 0);
    table.authenticated("c", "carrier pigeon", 0);
    assertThat(identity("a", 0)).isCloseTo(0.9, CLOSE);
    assertThat(identity("b", 0)).isCloseTo(0.3, CLOSE);
    assertThat(identity("c", 0)).isZero();
    assertThat(table.trust("c", "behaviour", 0)).hasValue(0.5);
    assertThat(table.trust("nobody", "identity", 0)).isEmpty();
    table.authenticated("a", "psk", 0);
    assertThat(identity("a", 0)).isCloseTo(0.6, CLOSE);
  }

  /// (r + W a) / (r + s + W) with W = 2 and a = 0.6: 1.2 / 2, 2.2 / 3, 2.2 / 5.
  @Test
  void weighsEvidenceAsTheFormulaSays() {
    table.authenticated("a", "psk", 0);
    assertThat(identity("a", 0)).isCloseTo(0.6, CLOSE);
    table.observe("a", "identity", 1, 0, 0);
    assertThat(identity("a", 0)).isCloseTo(2.2 / 3, CLOSE);
    table.observe("a", "identity", 0, 2, 0);
    assertThat(identity("a", 0)).isCloseTo(2.2 / 5, CLOSE);
    // After a day each piece is worth half: 1.7 of 3.5.
    assertThat(identity("a", DAY_NANOS)).isCloseTo(1.7 / 3.5, CLOSE);
    assertThat(identity("a", 40 * DAY_NANOS)).isCloseTo(0.6, CLOSE);
  }

  @Test
  void movesByJustWhatARuleSays() {
    table.authenticated("a", "psk", 0);
    table.raise("a", "identity", -0.2, 0);
    assertThat(identity("a", 0)).isCloseTo(0.4, CLOSE);
    table.raise("a", "identity", 0.3, DAY_NANOS / 2);
    double then = identity("a", DAY_NANOS / 2);
    table.raise("a", "identity", -0.1, DAY_NANOS / 2);
    assertThat(identity("a", DAY_NANOS / 2)).isCloseTo(then - 0.1, CLOSE);
    table.raise("a", "identity", -1, DAY_NANOS);
    assertThat(identity("a", DAY_NANOS)).isCloseTo(0.01, CLOSE);
    table.raise("a", "identity", 1, DAY_NANOS);
    assertThat(identity("a", DAY_NANOS)).isCloseTo(0.99, CLOSE);
    assertThatThrownBy(() -> table.raise("a", "identity", Double.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void staysFromZeroToOneAndBetweenItsBaseAndItsEvidence() {
    Random random = new Random(5);
    table.authenticated("a", "psk", 0);
    long now = 0;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextLong(DAY_NANOS / 8);
      double before = identity("a", now);
      switch (random.nextInt(3)) {
        case 0 -> {
          table.observe("a", "identity", random.nextInt(4), 0, now);
          assertThat(identity("a", now)).isGreaterThanOrEqualTo(before - 1e-12);
        }
        case 1 -> {
          table.observe("a", "identity", 0, random.nextInt(4), now);
          assertThat(identity("a", now)).isLessThanOrEqualTo(before + 1e-12);
        }
        default -> table.raise("a", "identity", random.nextDouble() * 2 - 1, now);
      }
      assertThat(identity("a", now)).isBetween(0.0, 1.0);
      // Left alone it only nears the base.
      assertThat(Math.abs(identity("a", now + DAY_NANOS) - 0.6)).isLessThanOrEqualTo(Math.abs(identity("a", now) - 0.6) + 1e-12);
    }
  }

  @Test
  void aFloodOfNewSubjectsWashesNoBadNameAway() {
    TrustTable small = new TrustTable(ASPECTS, 10);
    small.authenticated("bad", "mtls", 0);
    small.raise("bad", "identity", -0.8, 0);
    for (int i = 0; i < 100; i++) {
      assertThat(small.authenticated("new" + i, "mtls", 1)).isTrue();
    }
    assertThat(small.trust("bad", "identity", 1).orElseThrow()).isCloseTo(0.1, within(1e-6));
    assertThat(small.subjects()).isEqualTo(10);
    for (int i = 0; i < 100; i++) {
      small.raise("new" + i, "behaviour", -0.3, 1);
    }
    // All have something to be remembered for: nobody else comes in, and who is not in is not trusted.
    assertThat(small.authenticated("late", "mtls", 1)).isFalse();
    assertThat(small.trust("late", "identity", 1)).isEmpty();
  }

  @Test
  void aRestartKeepsWhatWasLearnt() {
    table.authenticated("a", "psk", 0);
    table.raise("a", "identity", -0.3, 0);
    table.raise("a", "behaviour", 0.2, 0);
    table.authenticated("b", "mtls", 0);
    double then = identity("a", 2 * DAY_NANOS);
    Bytes snapshot = table.snapshot(DAY_NANOS, 1_000);
    TrustTable later =
        TrustTable.restored(snapshot, ASPECTS, 1_000, 77, 1_000 + DAY.toMillis()).orThrow();
    assertThat(later.trust("a", "identity", 77).orElseThrow()).isCloseTo(then, CLOSE);
    assertThat(later.trust("a", "behaviour", 77).orElseThrow()).isCloseTo(0.7, CLOSE);
    assertThat(later.trust("b", "identity", 77).orElseThrow()).isCloseTo(0.9, CLOSE);
    assertThat(later.snapshot(77, 1_000 + DAY.toMillis()).length()).isGreaterThan(20);
    assertThat(TrustTable.restored(snapshot, List.of(), 1_000, 0, 0)).isInstanceOf(Parsed.Valid.class);
    assertThat(TrustTable.restored(Bytes.hex("8401"), ASPECTS, 1_000, 0, 0)).isInstanceOf(Parsed.Invalid.class);
  }
}
