package io.trivet.local;

import io.trivet.broker.Limits;
import io.trivet.broker.Recovery;
import io.trivet.broker.Store;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The store on one machine's disk: one thread commits, a few read inboxes, one watches that the disk keeps up.
public final class LocalStore implements Store, AutoCloseable {
  private static final int READERS = 2;
  private static final int READS_WAITING_MAX = 100_000;
  private static final long IDLE_MILLIS = 5_000;
  private static final long RETRY_MILLIS = 50;
  private static final int GROUPS_MEASURED = 1_024;

  private final Engine engine;
  private final Ledger ledger;
  private final Committer committer;
  private final StoreListener listener;
  private final LongSupplier wallMillis;
  private final ThreadPoolExecutor readers;
  private final Thread thread;
  private final Thread watchdog;
  private final ConcurrentLinkedQueue<Committer.Handed> handed = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<StoreBatch> refused = new ConcurrentLinkedQueue<>();
  /// Held while batches are taken, so that those refused behind a slow write stay before those that come after it.
  private final ReentrantLock behind = new ReentrantLock();

  private final AtomicInteger waiting = new AtomicInteger();
  private final long[] groupNanos = new long[GROUPS_MEASURED];
  private volatile long groupsMeasured;
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile boolean stopped;
  private volatile long stepSince;
  private volatile long patienceNanos;
  private volatile boolean slow;
  private boolean recovered;
  private Optional<StoreFiles> files = Optional.empty();

  /// @param reserveBytes what is to stay free on the disk
  /// @param patience how long peers wait for a disk that fails or is slow before they are told so
  public record Options(Durability durability, long reserveBytes, Duration patience) {
    public static final Options DEFAULT = new Options(Durability.FSYNC, 256L << 20, Duration.ofSeconds(5));
  }

  LocalStore(Engine engine, Options options, LongSupplier wallMillis, StoreListener listener) {
    this.engine = engine;
    this.listener = listener;
    this.wallMillis = wallMillis;
    this.patienceNanos = options.patience.toNanos();
    this.ledger = new Ledger(engine, listener);
    this.readers = new ThreadPoolExecutor(READERS, READERS, 10, TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(READS_WAITING_MAX),
        Thread.ofPlatform().daemon().name("trivet store reader ", 0).factory(),
        new ThreadPoolExecutor.CallerRunsPolicy()); // the committer reads itself rather than let one go
    readers.allowCoreThreadTimeOut(true);
    this.committer = new Committer(engine, ledger, options.durability, options.reserveBytes,
        options.patience.toMillis(), readers, listener);
    this.thread = Thread.ofPlatform().daemon().name("trivet store").unstarted(this::run);
    this.watchdog = Thread.ofPlatform().daemon().name("trivet store watch").unstarted(this::watch);
  }

  /// Opens the store in a directory, an empty one where there is none.
  ///
  /// @param library where the native code is unpacked once
  /// @throws StoreException with what is wrong, where, and what to do
  public static LocalStore open(
      Path directory, Path library, Options options, LongSupplier wallMillis, StoreListener listener) {
    try {
      Files.createDirectories(directory);
      RocksEngine.loadLibrary(library);
      RocksEngine engine = RocksEngine.open(directory, EngineOptions.DEFAULT);
      LocalStore store = new LocalStore(engine, options, wallMillis, listener);
      store.files = Optional.of(new StoreFiles(engine));
      return store;
    } catch (IOException e) {
      throw new StoreException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Its files, where they are on a disk.
  public Optional<StoreFiles> files() {
    return files;
  }

  /// From now on.
  public void options(Options o) {
    committer.limits(o.reserveBytes, o.patience.toMillis());
    patienceNanos = o.patience.toNanos();
  }

  @Override
  public void recover(Recovery to) {
    if (recovered) {
      throw new AssertionError("a store recovers once");
    }
    recovered = true;
    try {
      new StoredState(engine, ledger, listener).tell(to);
    } catch (IOException e) {
      throw new StoreException(e.getMessage() + ". What the server kept cannot be read whole: restore a backup, or see "
          + "'trivet store check' for all that is damaged", e);
    }
    thread.start();
    watchdog.start();
  }

  @Override
  public boolean commit(StoreBatch batch, Consumer<StoreBatch> done) {
    waiting.incrementAndGet();
    handed.add(new Committer.Handed(batch, done));
    if (stopped) {
      refuseHanded();
    }
    if (parked) {
      LockSupport.unpark(thread);
    }
    return false;
  }

  @Override
  public void limits(Limits limits) {
    ledger.limits(limits);
  }

  @Override
  public void whenReopened(Runnable then) {
    committer.whenReopened(then);
  }

  // --- the committer's thread ---------------------------------------------------------------------------------------

  private void run() {
    while (true) {
      boolean took = takeHanded();
      boolean more;
      long began = System.nanoTime();
      stepSince = began;
      try {
        more = committer.step(wallMillis.getAsLong());
      } finally {
        stepSince = 0;
      }
      if (took) {
        measured(System.nanoTime() - began);
      }
      if (slow) {
        slow = false;
        listener.worksAgain((System.nanoTime() - began) / 1_000_000);
        committer.tellReopened();
      }
      if (!more && handed.isEmpty()) {
        if (closing && !committer.isWaiting()) {
          committer.stop();
          stopped = true;
          LockSupport.unpark(watchdog);
          refuseHanded();
          return;
        }
        park();
      }
    }
  }

  private boolean takeHanded() {
    behind.lock();
    try {
      for (StoreBatch b = refused.poll(); b != null; b = refused.poll()) {
        committer.carry(b);
      }
      boolean any = false;
      for (Committer.Handed h = handed.poll(); h != null; h = handed.poll()) {
        waiting.decrementAndGet();
        committer.take(h);
        any = true;
      }
      return any;
    } finally {
      behind.unlock();
    }
  }

  private void park() {
    parked = true;
    if (committer.isOut()) {
      LockSupport.parkNanos(RETRY_MILLIS * 1_000_000);
    } else if (handed.isEmpty() && !closing) {
      LockSupport.parkNanos(IDLE_MILLIS * 1_000_000);
    }
    parked = false;
  }

  private void measured(long nanos) {
    long n = groupsMeasured;
    groupNanos[(int) (n % GROUPS_MEASURED)] = nanos;
    groupsMeasured = n + 1;
  }

  // --- the watchdog -------------------------------------------------------------------------------------------------

  /// While one write takes too long, those who wait behind it are told that the disk is out of order.
  private void watch() {
    while (!stopped) {
      LockSupport.parkNanos(Math.clamp(patienceNanos / 4, 10_000_000, 1_000_000_000));
      long since = stepSince;
      if (since == 0 || System.nanoTime() - since < patienceNanos) {
        continue;
      }
      if (!slow) {
        slow = true;
        listener.fails("a write to the disk has taken " + (System.nanoTime() - since) / 1_000_000
            + " ms so far. See whether the disk is overloaded or about to fail");
      }
      behind.lock();
      try {
        if (stepSince == since) {
          refuseHanded();
        }
      } finally {
        behind.unlock();
      }
    }
  }

  /// What they changed without promise is left for the committer to carry over.
  private void refuseHanded() {
    for (Committer.Handed h = handed.poll(); h != null; h = handed.poll()) {
      waiting.decrementAndGet();
      refused.add(h.batch());
      h.batch().outcome(StoreBatch.Outcome.FAILED);
      h.batch().reads().forEach(r -> r.done().accept(StoreBatch.ReadResult.FAILED));
      h.done().accept(h.batch());
    }
  }

  // --- how it fares -------------------------------------------------------------------------------------------------

  /// @param messages in all inboxes
  /// @param bytes their weight
  /// @param expired messages removed because their time was over
  /// @param groups written since the start
  /// @param batches kept in them
  /// @param waiting batches handed over and not begun
  /// @param failing whether nothing can be stored now
  /// @param groupMicrosP50 how long a group took, forming and sync together, in microseconds
  /// @param carried changes that wait for the disk to work again
  public record Stats(
      long sessions,
      long messages,
      long bytes,
      long retained,
      long expired,
      long groups,
      long batches,
      int waiting,
      boolean failing,
      long groupMicrosP50,
      long groupMicrosP99,
      long carried) {}

  /// Possibly a moment old.
  public Stats stats() {
    int n = (int) Math.min(groupsMeasured, GROUPS_MEASURED);
    long[] sorted = Arrays.copyOf(groupNanos, n);
    Arrays.sort(sorted);
    Records.Group last = ledger.last();
    return new Stats(ledger.sessions(), last.messages(), last.bytes(), ledger.retained(), ledger.expired(),
        committer.groups(), committer.batches(), waiting.get(), slow || committer.isFailing(),
        n == 0 ? 0 : sorted[n / 2] / 1_000, n == 0 ? 0 : sorted[n - 1 - n / 100] / 1_000, committer.carried());
  }

  /// Finishes what was handed over, then stops.
  @Override
  public void close() {
    closing = true;
    if (recovered) {
      LockSupport.unpark(thread);
      LockSupport.unpark(watchdog);
      joined(thread);
      joined(watchdog);
      try {
        committer.sync();
      } catch (IOException e) {
        listener.fails("the last sync of the store: " + e.getMessage());
      }
    }
    readers.shutdown();
    engine.close();
  }

  private static void joined(Thread t) {
    try {
      t.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
