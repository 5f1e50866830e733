package io.trivet.local;

import static io.trivet.local.StoreContract.append;
import static io.trivet.local.StoreContract.await;
import static io.trivet.local.StoreContract.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreBatch.Outcome;
import io.trivet.broker.StoreOp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A write that hangs fails what waits behind it, and nothing else.
@NullMarked
class SlowDiskTest {
  private final SimulatedEngine disk = new SimulatedEngine();
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private volatile boolean slow;

  private final class Slow implements Engine {
    @Override
    public void write(Changes changes, boolean synced) throws IOException {
      if (slow) {
        slow = false;
        hangs.countDown();
        try {
          goesOn.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      disk.write(changes, synced);
    }

    @Override
    public byte @Nullable [] get(Family family, byte[] key) throws IOException {
      return disk.get(family, key);
    }

    @Override
    public Cursor scan(Family family, byte[] from, byte[] to) throws IOException {
      return disk.scan(family, from, to);
    }

    @Override
    public byte @Nullable [] lastKey(Family family, byte[] from, byte[] to) throws IOException {
      return disk.lastKey(family, from, to);
    }

    @Override
    public void reopen() throws IOException {
      disk.reopen();
    }

    @Override
    public long usableBytes() {
      return disk.usableBytes();
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  private final LocalStore store = new LocalStore(new Slow(),
      new LocalStore.Options(Durability.FSYNC, 0, Duration.ofMillis(100)), () -> 1_000, StoreListener.NONE);

  private CompletableFuture<StoreBatch> hand(StoreOp... ops) {
    StoreBatch b = new StoreBatch();
    List.of(ops).forEach(b::add);
    CompletableFuture<StoreBatch> done = new CompletableFuture<>();
    if (store.commit(b, done::complete)) {
      done.complete(b);
    }
    return done;
  }

  @Test
  void failsWhatWaitsBehindAWriteThatHangsAndCarriesOverItsEnds() throws InterruptedException {
    store.recover(new Recovered());
    assertThat(await(hand(session(1), session(2))).outcome()).isEqualTo(Outcome.KEPT);
    slow = true;
    CompletableFuture<StoreBatch> first = hand(append("x", 1));
    hangs.await();
    CompletableFuture<StoreBatch> behind = hand(append("y", 1), new StoreOp.RemoveSession(2));
    assertThat(await(behind).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(first).isNotDone();
    goesOn.countDown();
    assertThat(await(first).outcome()).isEqualTo(Outcome.KEPT);
    StoreOp.Append next = append("z", 1, 2);
    assertThat(await(hand(next)).outcome()).isEqualTo(Outcome.KEPT);
    assertThat(next.seq(0)).isEqualTo(1);
    assertThat(next.seq(1)).isEqualTo(StoreOp.Append.DROPPED);
    store.close();
    assertThat(await(hand(append("late", 1))).outcome()).isEqualTo(Outcome.FAILED);
  }
}
