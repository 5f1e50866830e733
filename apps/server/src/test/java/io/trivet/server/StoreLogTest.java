package io.trivet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

@NullMarked
class StoreLogTest {
  private final AtomicLong nanos = new AtomicLong(TimeUnit.DAYS.toNanos(1));
  private final List<String> lines = new ArrayList<>();
  private final StoreLog log = new StoreLog(logger(), nanos::get);

  private Logger logger() {
    return (Logger) Proxy.newProxyInstance(Logger.class.getClassLoader(), new Class<?>[] {Logger.class},
        (_, method, arguments) -> {
          lines.add(method.getName() + " " + Arrays.deepToString(arguments));
          return null;
        });
  }

  @Test
  void saysOncePerOutageThatItBeganAndThatItIsOver() {
    log.fails("a write takes long");
    log.fails("no space left on device");
    log.worksAgain(1_200);
    log.worksAgain(1_300);
    log.fails("again");
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("error").contains("a write takes long");
    assertThat(lines.get(1)).startsWith("info").contains("works again").contains("1200");
    assertThat(lines.get(2)).startsWith("error").contains("again");
  }

  @Test
  void tellsOfALongStartEveryTwoSecondsAndOfAShortOneNothing() {
    log.recovering(100_000);
    assertThat(lines).isEmpty();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    log.recovering(200_000);
    log.recovering(300_000);
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst()).startsWith("info").contains("200000");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    log.recovering(400_000);
    assertThat(lines).hasSize(2);
  }

  @Test
  void namesTenDamagedRecordsASecondAtMost() {
    for (int i = 0; i < 1_000; i++) {
      log.damaged("record " + i);
    }
    assertThat(lines).hasSize(10).allMatch(l -> l.startsWith("error"));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    log.damaged("the next second's");
    assertThat(lines).hasSize(12);
    assertThat(lines.get(10)).startsWith("warn").contains("990");
  }
}
