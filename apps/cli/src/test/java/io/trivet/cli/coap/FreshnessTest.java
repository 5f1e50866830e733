package io.trivet.cli.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The order of notifications by RFC 7641, section 3.4.
@NullMarked
class FreshnessTest {
  private final Freshness f = new Freshness();

  @Test
  void takesTheFirstWhateverItSays() {
    assertThat(f.isNewer(0xFFFFFF, 0)).isTrue();
  }

  @Test
  void passesOverWhatIsOlderOrTheSame() {
    f.isNewer(10, 0);
    assertThat(f.isNewer(10, 1)).isFalse();
    assertThat(f.isNewer(9, 1)).isFalse();
    assertThat(f.isNewer(11, 1)).isTrue();
    assertThat(f.isNewer(10, 1)).isFalse();
  }

  @Test
  void countsAround() {
    f.isNewer(0xFFFFFE, 0);
    assertThat(f.isNewer(1, 1)).isTrue();
    assertThat(f.isNewer(0xFFFFFF, 2)).isFalse();
  }

  @Test
  void takesAnythingAfterTwoMinutes() {
    f.isNewer(10, 0);
    assertThat(f.isNewer(3, Duration.ofSeconds(128).toNanos())).isFalse();
    assertThat(f.isNewer(3, Duration.ofSeconds(128).toNanos() + 1)).isTrue();
  }
}
