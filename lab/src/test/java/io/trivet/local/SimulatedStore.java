package io.trivet.local;

import io.trivet.broker.Limits;
import io.trivet.broker.Recovery;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreException;
import io.trivet.lab.memory.MemoryServer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;

/// The local store without its threads, on a simulated disk: it commits when it is stepped, tells what became of a batch
/// later, and answers reads in any order.
@NullMarked
public final class SimulatedStore implements MemoryServer.SteppedStore, StoreListener {
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long RESERVE_BYTES = 1_000;

  private final SimulatedEngine engine;
  private final Ledger ledger;
  private final Committer committer;
  private final List<Runnable> reads = new ArrayList<>();
  private final Deque<Runnable> answers = new ArrayDeque<>();
  private boolean handed;
  private int failures;
  private int refusals;
  private final List<String> damaged = new ArrayList<>();

  public SimulatedStore(SimulatedEngine engine, Durability durability) {
    this.engine = engine;
    this.ledger = new Ledger(engine, this);
    this.committer =
        new Committer(engine, ledger, durability, RESERVE_BYTES, PATIENCE_MILLIS, reads::add, this);
  }

  @Override
  public void recover(Recovery to) {
    try {
      new StoredState(engine, ledger, this).tell(to);
    } catch (IOException e) {
      throw new StoreException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public boolean commit(StoreBatch batch, Consumer<StoreBatch> done) {
    handed = true;
    committer.take(new Committer.Handed(batch, b -> {
      refusals += b.outcome().isKept() ? 0 : 1;
      answers.add(() -> done.accept(b));
    }));
    return false;
  }

  @Override
  public void limits(Limits limits) {
    ledger.limits(limits);
  }

  @Override
  public void whenReopened(Runnable reopened) {
    committer.whenReopened(reopened);
  }

  @Override
  public void step(Random random, long wallMillis) {
    if (random.nextInt(3) == 0) {
      handed = committer.step(wallMillis);
    }
    for (int n = random.nextInt(4); n > 0 && !answers.isEmpty(); n--) {
      answers.remove().run();
    }
    for (int n = random.nextInt(3); n > 0 && !reads.isEmpty(); n--) {
      reads.remove(random.nextInt(reads.size())).run();
    }
  }

  @Override
  public boolean finish(long wallMillis) {
    boolean any = handed || !answers.isEmpty() || !reads.isEmpty();
    handed = committer.step(wallMillis);
    while (!answers.isEmpty()) {
      answers.remove().run();
    }
    while (!reads.isEmpty()) {
      reads.removeFirst().run();
    }
    return any;
  }

  @Override
  public void fails(String why) {
    failures++;
  }

  @Override
  public void damaged(String what) {
    damaged.add(what);
  }

  /// How often it gave up on the disk.
  public int failures() {
    return failures;
  }

  /// How many batches it did not keep.
  public int refusals() {
    return refusals;
  }

  public List<String> damaged() {
    return damaged;
  }
}
