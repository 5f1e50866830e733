package io.trivet.coap.message;

import java.time.Duration;

/// The transmission parameters of RFC 7252, section 4.8.
///
/// @param ackTimeout before the first retransmission
/// @param ackRandomFactor up to how many times that, at random; at least 1
/// @param maxRetransmit how often a confirmable message is sent again, 0 to 10
/// @param nstart confirmable messages that may wait for one peer's acknowledgement at a time (section 4.7)
/// @param ackDelay after which a request without its response yet gets an empty acknowledgement; less than the client's
///     time-out
/// @param leisure within which a request to a group is answered (section 8.2)
public record Transmission(
    Duration ackTimeout,
    double ackRandomFactor,
    int maxRetransmit,
    int nstart,
    Duration ackDelay,
    Duration leisure) {
  public static final Transmission DEFAULT =
      new Transmission(Duration.ofSeconds(2), 1.5, 4, 1, Duration.ofMillis(500), Duration.ofSeconds(5));

  private static final long MAX_LATENCY_NANOS = 100_000_000_000L;

  public Transmission {
    if (ackTimeout.toMillis() < 10 || ackTimeout.toSeconds() > 600) {
      throw new IllegalArgumentException("ack-timeout = " + ackTimeout + ": give a value from 10 ms to 10 min");
    }
    if (!(ackRandomFactor >= 1 && ackRandomFactor <= 10)) {
      throw new IllegalArgumentException("ack-random-factor = " + ackRandomFactor + ": give a value from 1 to 10");
    }
    if (maxRetransmit < 0 || maxRetransmit > 10 || nstart < 1 || nstart > 1_000) {
      throw new IllegalArgumentException("max-retransmit from 0 to 10 and nstart from 1 to 1000 are taken");
    }
    if (ackDelay.isNegative() || leisure.isNegative()) {
      throw new IllegalArgumentException("no delay is negative");
    }
  }

  /// From the first transmission of a confirmable message to its last (section 4.8.2).
  private long maxTransmitSpanNanos() {
    return (long) (ackTimeout.toNanos() * ((1L << maxRetransmit) - 1) * ackRandomFactor);
  }

  /// MAX_TRANSMIT_WAIT: after which nobody waits for an acknowledgement any more.
  public long maxTransmitWaitNanos() {
    return (long) (ackTimeout.toNanos() * ((1L << maxRetransmit + 1) - 1) * ackRandomFactor);
  }

  /// EXCHANGE_LIFETIME: how long the message id of a confirmable message means the same; 247 s by default.
  public long exchangeLifetimeNanos() {
    return maxTransmitSpanNanos() + 2 * MAX_LATENCY_NANOS + ackTimeout.toNanos();
  }

  /// NON_LIFETIME: the same for a non-confirmable one; 145 s by default.
  public long nonLifetimeNanos() {
    return maxTransmitSpanNanos() + MAX_LATENCY_NANOS;
  }
}
