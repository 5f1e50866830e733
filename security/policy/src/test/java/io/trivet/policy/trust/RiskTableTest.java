package io.trivet.policy.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.trivet.base.Bytes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RiskTableTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long H = HOUR.toNanos();
  private final RiskTable table = new RiskTable(4, HOUR, 10);

  @Test
  void risesAndHalvesByTheHour() {
    assertThat(table.level("a", 0)).isZero();
    table.raise("a", 0.5, 0);
    table.raise("a", 0.3, 0);
    assertThat(table.risk("a", 0)).isCloseTo(0.8, within(1e-12));
    assertThat(table.level("a", 0)).isEqualTo(3);
    assertThat(table.risk("a", H)).isCloseTo(0.4, within(1e-12));
    assertThat(table.level("a", H)).isEqualTo(2);
    table.raise("a", 1, H);
    assertThat(table.level("a", H)).isEqualTo(4);
    table.raise("a", -1, H);
    assertThat(table.risk("a", H)).isZero();
  }

  /// Fails where a peer hides its risk by filling the table first.
  @Test
  void aRiskThatCannotBeKeptIsEverybodysUntilItDecays() {
    for (int i = 0; i < 10; i++) {
      table.raise("flood" + i, 0.1, 0);
    }
    table.raise("attacker", 0.9, 0);
    assertThat(table.names()).isEqualTo(10);
    assertThat(table.risk("attacker", 0)).isCloseTo(0.9, within(1e-12));
    assertThat(table.risk("another", H)).isCloseTo(0.45, within(1e-12));
    // Those of the flood were forgotten by themselves; there is room again.
    table.raise("attacker", 0.1, 10 * H);
    assertThat(table.risk("attacker", 10 * H)).isGreaterThan(0.1);
    assertThat(table.names()).isEqualTo(10);
    assertThat(table.risk("flood0", 10 * H)).isLessThan(0.01);
  }

  @Test
  void aRestartKeepsIt() {
    table.raise("a", 0.8, 0);
    Bytes snapshot = table.snapshot(0, 0);
    RiskTable later = RiskTable.restored(snapshot, new RiskTable(4, HOUR, 10), 5, HOUR.toMillis()).orThrow();
    assertThat(later.risk("a", 5)).isCloseTo(0.4, within(1e-9));
    assertThat(later.risk("b", 5)).isZero();
  }
}
