package io.trivet.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

@NullMarked
class LogBudgetTest {
  @Test
  void letsSoManyLinesASecondThrough() {
    LogBudget budget = new LogBudget(NOPLogger.NOP_LOGGER, 3);
    int written = 0;
    for (int i = 0; i < 10; i++) {
      written += budget.take(1_500_000_000L) ? 1 : 0;
    }
    assertThat(written).isEqualTo(3);
    assertThat(budget.take(1_999_999_999L)).isFalse();
    assertThat(budget.take(2_000_000_000L)).isTrue();
  }

  @Test
  void escapesWhatPeersSend() {
    assertThat(LogWatcher.shown("a\nb\"c\\d")).isEqualTo("a\\u000ab\\u0022c\\u005cd");
    assertThat(LogWatcher.shown("x".repeat(1_000))).hasSize(129).endsWith("…");
  }
}
