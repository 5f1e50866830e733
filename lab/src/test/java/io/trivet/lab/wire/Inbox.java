package io.trivet.lab.wire;

import java.time.Duration;

/// Bytes that another thread read for a test.
final class Inbox {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration MOMENT = Duration.ofMillis(150);

  private byte[] bytes = {};
  private boolean over;

  synchronized void add(byte[] more) {
    bytes = new Writer().raw(bytes).raw(more).toBytes();
    notifyAll();
  }

  synchronized void end() {
    over = true;
    notifyAll();
  }

  synchronized byte[] take() {
    byte[] taken = bytes;
    bytes = new byte[0];
    return taken;
  }

  synchronized boolean isOver() {
    return over && bytes.length == 0;
  }

  /// Waits for bytes or the end.
  synchronized void await(boolean patient) {
    long deadline = System.nanoTime() + (patient ? PATIENCE : MOMENT).toNanos();
    try {
      for (long left = deadline - System.nanoTime();
          bytes.length == 0 && !over && left > 0;
          left = deadline - System.nanoTime()) {
        wait(Math.max(1, left / 1_000_000));
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
