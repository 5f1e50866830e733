package io.trivet.coap;

import io.trivet.base.Randomness;
import io.trivet.broker.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/// A loop whose time the test steps; its randomness comes from a seed.
public final class SteppedLoop implements CoapLoop {
  private final Timers timers = new Timers();
  private final Random random;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long nowNanos = 1_000_000_000L;

  public SteppedLoop() {
    this(1);
  }

  public SteppedLoop(long seed) {
    random = new Random(seed);
  }

  /// Fires what is due on the way, each at its time.
  public void advance(Duration by) {
    long until = nowNanos + by.toNanos();
    run();
    while (timers.nextDueNanos() <= until) {
      nowNanos = Math.max(nowNanos, timers.nextDueNanos());
      timers.advance(nowNanos);
      run();
    }
    nowNanos = until;
  }

  /// Runs what was left for later.
  public void run() {
    for (Runnable r = tasks.poll(); r != null; r = tasks.poll()) {
      r.run();
    }
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  @Override
  public long wallMillis() {
    return 1_800_000_000_000L + nowNanos / 1_000_000;
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public Randomness randomness() {
    return random::nextBytes;
  }

  @Override
  public void later(Runnable work) {
    tasks.add(work);
  }
}
