package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class SinceStartTest {
  @Test
  void countsFromTheStartOfTheProcess() {
    String stat = "42 (a (strange) name) S 1 42 42 0 -1 4194560 1 0 0 0 5 2 0 0 20 0 30 0 123450 1 2 3";
    assertThat(SinceStart.between(stat, "1236.00 2000.00\n")).isEqualTo(Duration.ofMillis(1_500));
    assertThat(SinceStart.elapsed()).isPositive().isLessThan(Duration.ofHours(2));
  }
}
