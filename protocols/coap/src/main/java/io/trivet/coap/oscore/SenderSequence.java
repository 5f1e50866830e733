package io.trivet.coap.oscore;

import io.trivet.coap.CoapLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.LongConsumer;

/// The sender sequence numbers of one context (RFC 8613, section 3.2.2): each given out once, and only after a durable
/// reservation. Several loops may take numbers of one context.
public final class SenderSequence {
  /// The last number there is; then the keys are used up (section 7.2.1).
  public static final long LAST = (1L << 40) - 1;

  private static final int WAITING_MAX = 256;

  private record Waiting(CoapLoop loop, LongConsumer taker) {}

  private final String contextId;
  private final SequenceStore store;
  private final int step;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private long next;
  private long reserved;
  private boolean asking;

  /// @param step how many numbers are reserved at once; as many are lost at a restart at most
  public SenderSequence(String contextId, SequenceStore store, int step) {
    if (step < 1) {
      throw new IllegalArgumentException("a step of " + step);
    }
    this.contextId = contextId;
    this.store = store;
    this.step = step;
    this.next = store.unreserved(contextId);
    this.reserved = next;
  }

  public String contextId() {
    return contextId;
  }

  /// Hands the next number to the taker: at once where one is reserved, otherwise on its loop when the reservation is
  /// there. Those who wait are served in order.
  ///
  /// @param taker given -1 where there is none: used up, refused by the store, or too many wait already
  public void next(CoapLoop loop, LongConsumer taker) {
    long upTo = toBeReserved();
    if (upTo > 0) {
      ask(upTo);
    }
    long number;
    synchronized (this) {
      if (next < reserved && waiting.isEmpty()) {
        number = next++;
      } else if (!asking || waiting.size() == WAITING_MAX) {
        number = -1;
      } else {
        waiting.add(new Waiting(loop, taker));
        return;
      }
    }
    taker.accept(number);
  }

  /// Up to where, when it is time: before the last is used, so that usually nobody waits. 0 otherwise.
  private synchronized long toBeReserved() {
    if (asking || reserved > LAST || reserved - next > step / 2) {
      return 0;
    }
    asking = true;
    return Math.min(LAST + 1, reserved + step);
  }

  private void ask(long upTo) {
    store.reserve(contextId, upTo, made -> {
      if (made) {
        reservedUpTo(upTo);
      } else {
        refused();
      }
    });
  }

  private void reservedUpTo(long upTo) {
    List<Runnable> served = new ArrayList<>();
    long ask = 0;
    synchronized (this) {
      reserved = upTo;
      asking = false;
      while (next < reserved && !waiting.isEmpty()) {
        served.add(serving(waiting.remove(), next++));
      }
      if (!waiting.isEmpty() && reserved <= LAST) {
        asking = true;
        ask = Math.min(LAST + 1, reserved + step);
      } else if (reserved > LAST) {
        waiting.forEach(w -> served.add(serving(w, -1)));
        waiting.clear();
      }
    }
    served.forEach(Runnable::run);
    if (ask > 0) {
      ask(ask);
    }
  }

  private void refused() {
    List<Runnable> served = new ArrayList<>();
    synchronized (this) {
      asking = false;
      waiting.forEach(w -> served.add(serving(w, -1)));
      waiting.clear();
    }
    served.forEach(Runnable::run);
  }

  private static Runnable serving(Waiting w, long number) {
    return () -> w.loop.later(() -> w.taker.accept(number));
  }
}
