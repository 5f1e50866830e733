package io.trivet.coap.message;

import org.jspecify.annotations.Nullable;

/// What all peers of one loop sent of late, oldest first, within bounds: beyond them the oldest is forgotten, whosever it
/// is. A duplicate of what was forgotten would be executed again, so the bounds want to be generous; that they hold is
/// what keeps a flood of requests from taking the server's memory.
final class Memory {
  private final DatagramLimits limits;
  private @Nullable Remembered oldest;
  private @Nullable Remembered newest;
  private int count;
  private long bytes;

  Memory(DatagramLimits limits) {
    this.limits = limits;
  }

  void add(Remembered r) {
    r.previous = newest;
    if (newest == null) {
      oldest = r;
    } else {
      newest.next = r;
    }
    newest = r;
    count++;
  }

  void answered(Remembered r, byte[] answer) {
    if (!r.forgotten) {
      r.answer = answer;
      bytes += answer.length;
    }
  }

  /// The peer let go of it.
  void forgotten(Remembered r) {
    if (!r.forgotten) {
      r.forgotten = true;
      bytes -= r.bytes();
      count--;
      r.answer = null;
      unlink(r);
    }
  }

  /// At once, not when its turn comes: one old entry of a quiet peer would keep all that a busy one has let go of.
  private void unlink(Remembered r) {
    if (r.previous == null) {
      oldest = r.next;
    } else {
      r.previous.next = r.next;
    }
    if (r.next == null) {
      newest = r.previous;
    } else {
      r.next.previous = r.previous;
    }
    r.previous = null;
    r.next = null;
  }

  /// Forgets what is too old or too much, so that one more may be added.
  void trim(long nowNanos) {
    for (Remembered r = oldest; r != null; r = oldest) {
      if (r.untilNanos - nowNanos > 0 && count < limits.exchangesMax() && bytes <= limits.exchangeBytesMax()) {
        return;
      }
      r.peer.forget(r);
    }
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }
}
