package io.trivet.server;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/// How many lines a second strangers can make the server log: whoever attacks decides how many there would be, and the
/// counters know them all. What was left out is said once in the next second.
final class LogBudget {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Logger log;
  private final int linesPerSecondMax;
  private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong lines = new AtomicLong();

  LogBudget(Logger log, int linesPerSecondMax) {
    this.log = log;
    this.linesPerSecondMax = linesPerSecondMax;
  }

  /// Whether a line may be written now.
  boolean take() {
    return take(System.nanoTime());
  }

  boolean take(long nanos) {
    long now = Math.floorDiv(nanos, NANOS_PER_SECOND);
    long before = second.get();
    if (before != now && second.compareAndSet(before, now)) {
      long wanted = lines.getAndSet(0);
      if (wanted > linesPerSecondMax) {
        log.warn("{} more lines like these were left out; see 'trivet metrics' for all counts", wanted - linesPerSecondMax);
      }
    }
    return lines.incrementAndGet() <= linesPerSecondMax;
  }
}
