package io.trivet.local;

import io.trivet.broker.Limits;
import io.trivet.broker.Recovery;
import io.trivet.broker.Store;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;

/// The local store without its threads: each batch is committed at once, and by itself unless `hold` is set; the test
/// makes time pass.
@NullMarked
final class SteppedStore implements Store, StoreListener {
  static final long PATIENCE_MILLIS = 5_000;
  static final long RESERVE_BYTES = 1_000;

  final Ledger ledger;
  final Committer committer;
  final List<String> heard = new ArrayList<>();
  private final Engine engine;

  /// Whether batches wait for [#run].
  boolean hold;

  long now = 1_000_000;
  int reopened;

  SteppedStore(Engine engine) {
    this.engine = engine;
    ledger = new Ledger(engine, this);
    committer = new Committer(
        engine, ledger, Durability.FSYNC, RESERVE_BYTES, PATIENCE_MILLIS, Runnable::run, this);
    committer.whenReopened(() -> reopened++);
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
    committer.take(new Committer.Handed(batch, done));
    if (!hold) {
      run();
    }
    return false;
  }

  /// Steps until there is nothing to do at once.
  void run() {
    for (int n = 0; committer.step(now); n++) {
      if (n > 100_000) {
        throw new AssertionError("the committer never comes to rest");
      }
    }
  }

  void pass(long millis) {
    for (long to = now + millis; now < to;) {
      now = Math.min(to, now + 100);
      run();
    }
  }

  @Override
  public void limits(Limits limits) {
    ledger.limits(limits);
  }

  @Override
  public void whenReopened(Runnable then) {
    committer.whenReopened(then);
  }

  @Override
  public void fails(String why) {
    heard.add("fails");
  }

  @Override
  public void worksAgain(long afterMillis) {
    heard.add("works again");
  }

  @Override
  public void damaged(String what) {
    heard.add("damaged: " + what);
  }
}
