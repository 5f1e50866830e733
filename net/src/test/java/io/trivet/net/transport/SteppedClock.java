package io.trivet.net.transport;

import io.trivet.base.Clock;
import java.util.concurrent.atomic.AtomicLong;

/// Time that moves when told.
final class SteppedClock implements Clock {
  /// Begins close to the overflow, as `System.nanoTime()` may.
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  void advanceMillis(long millis) {
    nanos.addAndGet(millis * 1_000_000);
  }

  @Override
  public long monotonicNanos() {
    return nanos.get();
  }

  @Override
  public long wallMillis() {
    throw new AssertionError("nobody here needs the date");
  }
}
