package io.trivet.cli.coap;

import io.trivet.base.Randomness;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapLoop;
import java.security.SecureRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One thread that does all of a client's CoAP: what it is given, and what is due.
final class ClientLoop implements CoapLoop, AutoCloseable {
  private static final int WAITING_MAX = 10_000;
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final Timers timers = new Timers();
  private final SecureRandom random = new SecureRandom();
  private final Thread thread;
  private volatile boolean closed;

  /// @param broken told of a defect, which ends the loop
  ClientLoop(Consumer<Throwable> broken) {
    thread = Thread.ofPlatform().daemon().name("coap-client").unstarted(() -> {
      try {
        run();
      } catch (RuntimeException | Error e) {
        broken.accept(e);
      }
    });
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      long next = timers.nextDueNanos();
      long nanos = next == Long.MAX_VALUE ? IDLE_NANOS : next - System.nanoTime();
      try {
        Runnable work = waiting.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        if (work != null) {
          work.run();
        }
      } catch (InterruptedException e) {
        return; // closed
      }
      timers.advance(System.nanoTime());
    }
  }

  /// A client has so little to do that each look may be at the clock.
  @Override
  public long nowNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public Randomness randomness() {
    return random::nextBytes;
  }

  /// Waits for room: whoever reads a socket is held back, and the socket drops what is too much.
  @Override
  public void later(Runnable work) {
    if (Thread.currentThread() == thread) {
      if (!waiting.offer(work)) {
        throw new AssertionError("a client's loop with more than " + WAITING_MAX + " tasks");
      }
      return;
    }
    try {
      waiting.put(work);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
