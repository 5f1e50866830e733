package io.trivet.coap;

import io.trivet.base.Randomness;
import io.trivet.broker.Timers;

/// Port: the loop that handlers and layers run on. All of one peer happens on one loop.
public interface CoapLoop {
  /// Monotonic; the same throughout a cycle.
  long nowNanos();

  /// Milliseconds since 1970.
  long wallMillis();

  Timers timers();

  Randomness randomness();

  /// Runs something on this loop in a cycle of its own, from any thread.
  void later(Runnable work);
}
