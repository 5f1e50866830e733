package io.trivet.coap.gate;

import io.trivet.broker.Counter;
import io.trivet.broker.Counters;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Response;
import io.trivet.coap.TokenBucket;

/// Refuses what comes too fast by 4.29, with when to come again in Max-Age (RFC 8516): from one peer, and from all of a
/// loop together.
public final class RateGate implements Handler {
  private final CoapLoop loop;
  private final Counters counters;
  private final double perSecond;
  private final double burst;
  private final double totalPerSecond;
  private final TokenBucket all = new TokenBucket();
  private final Handler next;

  /// @param perSecond requests of one peer; as many as come in two seconds may come at once
  /// @param totalPerSecond the same for the loop
  public RateGate(CoapLoop loop, Counters counters, double perSecond, double totalPerSecond, Handler next) {
    this.loop = loop;
    this.counters = counters;
    this.perSecond = perSecond;
    this.burst = 2 * perSecond;
    this.totalPerSecond = totalPerSecond;
    this.next = next;
  }

  @Override
  public void handle(Exchange e) {
    long now = loop.nowNanos();
    TokenBucket its = e.peer().bucket();
    long wait = its == null ? 0 : its.take(now, perSecond, burst);
    if (wait == 0) {
      wait = all.take(now, totalPerSecond, 2 * totalPerSecond);
    }
    if (wait == 0) {
      next.handle(e);
    } else {
      counters.increment(Counter.COAP_LIMIT_RATE);
      e.respond(Response.of(Code.TOO_MANY_REQUESTS).with(OptionNumber.MAX_AGE, 1 + wait / 1_000_000_000L));
    }
  }
}
