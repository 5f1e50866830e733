package io.trivet.net.coap;

import io.netty.channel.EventLoop;
import io.trivet.base.Clock;
import io.trivet.base.Randomness;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapLoop;
import java.util.concurrent.TimeUnit;

/// One event loop that serves a client alone.
final class ClientLoop implements CoapLoop {
  private static final long TICK_MILLIS = 20;

  private final EventLoop eventLoop;
  private final Clock clock;
  private final Randomness randomness;
  private final Timers timers = new Timers();

  ClientLoop(EventLoop eventLoop, Clock clock, Randomness randomness) {
    this.eventLoop = eventLoop;
    this.clock = clock;
    this.randomness = randomness;
    eventLoop.scheduleAtFixedRate(
        () -> timers.advance(clock.monotonicNanos()), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  /// A client has so little to do that each look may be at the clock.
  @Override
  public long nowNanos() {
    return clock.monotonicNanos();
  }

  @Override
  public long wallMillis() {
    return clock.wallMillis();
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public void later(Runnable work) {
    eventLoop.execute(work);
  }
}
