package io.trivet.net.host;

import io.netty.channel.EventLoop;
import io.trivet.base.Randomness;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapLoop;

/// One event loop as CoAP sees it.
final class CoapOnLoop implements CoapLoop {
  private final LoopRunner runner;
  private final Randomness randomness;

  CoapOnLoop(LoopRunner runner, Randomness randomness) {
    this.runner = runner;
    this.randomness = randomness;
  }

  LoopRunner runner() {
    return runner;
  }

  EventLoop eventLoop() {
    return runner.eventLoop();
  }

  BrokerLoop broker() {
    return runner.broker();
  }

  @Override
  public long nowNanos() {
    return runner.broker().nowNanos();
  }

  @Override
  public long wallMillis() {
    return runner.broker().wallMillis();
  }

  @Override
  public Timers timers() {
    return runner.broker().timers();
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public void later(Runnable work) {
    runner.broker().later(_ -> work.run());
  }
}
