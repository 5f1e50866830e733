package io.trivet.net.dtls;

import io.trivet.base.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What Scandium takes for its threads and timers, in truth one event loop and the workers that compute handshakes.
///
/// Work that arises on the loop runs there as soon as the call that caused it unwinds: never inside it, for Scandium
/// holds a connection's lock while it hands work over, and another connection's work may want the store that waits for
/// that lock. Only while a handshake's datagram is taken in does such work go to the workers. What a worker causes
/// further of the same connection stays with the workers; what it wants of the loop goes through [#onLoop].
final class LoopExecutor extends AbstractExecutorService implements ScheduledExecutorService {
  private final Executor loop;
  private final Executor workers;
  private final Clock clock;
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final ConcurrentLinkedQueue<Runnable> fromWorkers = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();

  /// Guarded by itself: a worker sets the timer of a flight it made.
  private final PriorityQueue<Timer<?>> timers = new PriorityQueue<>();

  private volatile @Nullable Thread entered;
  private boolean toWorkers;
  private boolean shutdown;
  private int depth;

  /// @param loop runs what it is given later on the event loop; called from workers
  LoopExecutor(Executor loop, Executor workers, Clock clock) {
    this.loop = loop;
    this.workers = workers;
    this.clock = clock;
  }

  /// Whether this thread is the loop, inside one of the calls between [#enter()] and [#leave()].
  boolean isLoop() {
    return entered == Thread.currentThread();
  }

  void enter() {
    if (depth++ == 0) {
      entered = Thread.currentThread();
    }
  }

  void leave() {
    try {
      if (depth == 1) {
        runReady();
      }
    } finally {
      if (--depth == 0) {
        entered = null;
      }
    }
  }

  /// From here on, what is executed on the loop goes to the workers, or no longer.
  ///
  /// @return as it was before
  boolean sendToWorkers(boolean whether) {
    boolean before = toWorkers;
    toWorkers = whether;
    return before;
  }

  private void runReady() {
    for (Runnable r = ready.poll(); r != null; r = ready.poll()) {
      r.run();
    }
  }

  /// Runs it now where this is the loop, otherwise soon there.
  void onLoop(Runnable work) {
    if (isLoop()) {
      work.run();
      return;
    }
    fromWorkers.add(work);
    if (awake.compareAndSet(false, true)) {
      loop.execute(this::takeFromWorkers);
    }
  }

  /// Runs it on the loop once what runs now has unwound.
  void later(Runnable work) {
    if (isLoop()) {
      ready.add(work);
    } else {
      onLoop(work);
    }
  }

  private void takeFromWorkers() {
    enter();
    try {
      awake.set(false);
      for (Runnable r = fromWorkers.poll(); r != null; r = fromWorkers.poll()) {
        r.run();
      }
    } finally {
      leave();
    }
  }

  void runDue(long nowNanos) {
    for (Timer<?> t = due(nowNanos); t != null; t = due(nowNanos)) {
      t.run();
    }
  }

  private @Nullable Timer<?> due(long nowNanos) {
    synchronized (timers) {
      Timer<?> first = timers.peek();
      return first == null || first.atNanos - nowNanos > 0 ? null : timers.poll();
    }
  }

  int timers() {
    synchronized (timers) {
      return timers.size();
    }
  }

  @Override
  public void execute(Runnable command) {
    if (isLoop() && !toWorkers) {
      ready.add(command);
    } else {
      workers.execute(command);
    }
  }

  // --- timers -------------------------------------------------------------------------------------------------------

  private final class Timer<V> extends FutureTask<V> implements ScheduledFuture<V> {
    private long atNanos;
    private final long periodNanos;

    Timer(Callable<V> work, long delayNanos, long periodNanos) {
      super(work);
      this.atNanos = clock.monotonicNanos() + delayNanos;
      this.periodNanos = periodNanos;
    }

    @Override
    public void run() {
      if (periodNanos == 0) {
        super.run();
      } else if (runAndReset()) {
        atNanos = clock.monotonicNanos() + periodNanos;
        add(this);
      }
    }

    @Override
    public boolean cancel(boolean interrupt) {
      synchronized (timers) {
        timers.remove(this);
      }
      return super.cancel(false);
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - clock.monotonicNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      long by = other instanceof Timer<?> t
          ? atNanos - t.atNanos
          : getDelay(TimeUnit.NANOSECONDS) - other.getDelay(TimeUnit.NANOSECONDS);
      return Long.signum(by);
    }
  }

  private <V> Timer<V> add(Timer<V> timer) {
    synchronized (timers) {
      timers.add(timer);
    }
    return timer;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return schedule(Executors.callable(command), delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Timer<>(callable, unit.toNanos(delay), 0));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long first, long period, TimeUnit unit) {
    return scheduleWithFixedDelay(command, first, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
    return add(new Timer<>(Executors.callable(command), unit.toNanos(first), unit.toNanos(delay)));
  }

  // --- its end ------------------------------------------------------------------------------------------------------

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    Collection<Runnable> left = new ArrayList<>(ready);
    ready.clear();
    synchronized (timers) {
      timers.clear();
    }
    return List.copyOf(left);
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  /// The loop outlives it, so there is nothing to wait for.
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shutdown;
  }
}
