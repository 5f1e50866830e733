package io.trivet.net.transport;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Where certificates of clients are checked: few threads and a queue with an end. One task too many is rejected,
/// which fails its handshake as [SetupFailure#BUSY].
final class TlsTasks implements Executor, AutoCloseable {
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8);
  private static final int WAITING_MAX = 1_024;

  private final AtomicInteger made = new AtomicInteger();
  private final ThreadPoolExecutor pool;

  TlsTasks() {
    pool = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), r -> {
      Thread t = new Thread(r, "tls-check-" + made.incrementAndGet());
      t.setDaemon(true);
      return t;
    });
    pool.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
