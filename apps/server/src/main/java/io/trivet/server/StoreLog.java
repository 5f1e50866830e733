package io.trivet.server;

import io.trivet.local.StoreListener;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/// Writes to the log how the store fares: one line when it begins to fail and one when it works again, whatever comes
/// between, and of damaged records and of a long start no more than a reader can use.
final class StoreLog implements StoreListener {
  private static final int DAMAGED_PER_SECOND_MAX = 10;
  private static final long PROGRESS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Logger log;
  private final LongSupplier nanos;
  private final LogBudget damages;
  private final AtomicBoolean failing = new AtomicBoolean();
  private final AtomicLong progressAt;

  StoreLog(Logger log, LongSupplier nanos) {
    this.log = log;
    this.nanos = nanos;
    this.damages = new LogBudget(log, DAMAGED_PER_SECOND_MAX);
    this.progressAt = new AtomicLong(nanos.getAsLong() + PROGRESS_EVERY_NANOS);
  }

  @Override
  public void fails(String why) {
    // A write that takes too long may fail in the end: to the operator both are one outage.
    if (failing.compareAndSet(false, true)) {
      log.error("nothing can be stored, and publishers are told so, until the disk works again: {}", why);
    }
  }

  @Override
  public void worksAgain(long afterMillis) {
    if (failing.compareAndSet(true, false)) {
      log.info("the store works again, after {} ms", afterMillis);
    }
  }

  @Override
  public void damaged(String what) {
    if (damages.take(nanos.getAsLong())) {
      log.error("{}; it is passed over. 'trivet store check' names all that is damaged", what);
    }
  }

  @Override
  public void recovering(long records) {
    long due = progressAt.get();
    long now = nanos.getAsLong();
    if (now - due >= 0 && progressAt.compareAndSet(due, now + PROGRESS_EVERY_NANOS)) {
      log.info("reading what was kept: {} records so far", records);
    }
  }
}
