package io.trivet.local;

import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreBatch.Outcome;
import io.trivet.broker.StoreBatch.ReadResult;
import io.trivet.broker.StoreOp;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes in groups: whatever was handed over while the last group was being synced goes with the next, in one write and
/// one sync; then its batches are answered, in order. A step machine without threads or clock, so that it runs the same
/// under a simulated disk.
///
/// # When the disk fails
/// A write that fails leaves unknown whether it was written. Nothing is answered then. The engine is opened anew, which
/// shows what is on disk: the group, and it is answered as kept; or not, and it is formed again.
///
/// When that has not worked for `patience`, its peers are told that it was not kept, and so is everybody who comes while
/// the disk is out of order. Should it turn out later that the group had been written all the same, its messages are
/// taken back. What promises nothing to anybody (a session ended, a message was acknowledged) is carried over and written
/// once the disk works, in order.
///
/// While the disk has less left than `reserve`, only such things are written: they make room.
final class Committer {
  private static final long GROUP_BYTES_MAX = 16L << 20;
  private static final int CARRIED_MAX = 1_000_000;
  private static final int CARRIED_PER_GROUP = 10_000;
  private static final int PURGED_PER_GROUP = 256;
  private static final int SWEPT_PER_GROUP = 256;
  private static final long SWEEP_MILLIS = 5_000;
  private static final long RETRY_MILLIS = 250;
  private static final long RETRY_LATER_MILLIS = 1_000;

  private final Engine engine;
  private final Ledger ledger;
  private final boolean synced;
  private final StoreListener listener;
  private final Executor readers;
  private final InboxReader reader;
  private final Deque<Handed> queue = new ArrayDeque<>();
  private final Deque<StoreOp> carried = new ArrayDeque<>();
  private volatile long reserve;
  private volatile long patience;
  private final List<Runnable> reopened = new ArrayList<>();
  private @Nullable Outage outage;
  private long lastSweep = Long.MIN_VALUE / 2;
  private long groups;
  private long batches;
  private long carriedLost;
  private boolean unsynced;

  /// A batch and who is told of it.
  record Handed(StoreBatch batch, Consumer<StoreBatch> done) {}

  /// Since a write has failed.
  private static final class Outage {
    final long since;
    final List<Handed> group;
    final List<StoreOp> carried;
    final long number;
    final Changes undo;
    final long undoMessages;
    final long undoBytes;
    final IOException cause;
    long nextTry;
    boolean told;

    Outage(long since, List<Handed> group, List<StoreOp> carried, Ledger ledger, IOException cause) {
      this.since = since;
      this.group = group;
      this.carried = carried;
      this.number = ledger.number();
      this.undo = ledger.undo();
      this.undoMessages = ledger.undoMessages();
      this.undoBytes = ledger.undoBytes();
      this.cause = cause;
      this.nextTry = since;
    }
  }

  /// @param readers where inboxes are read, which may take the disk's time
  Committer(
      Engine engine,
      Ledger ledger,
      Durability durability,
      long reserve,
      long patienceMillis,
      Executor readers,
      StoreListener listener) {
    this.engine = engine;
    this.ledger = ledger;
    this.synced = durability == Durability.FSYNC;
    this.reserve = reserve;
    this.patience = patienceMillis;
    this.readers = readers;
    this.reader = new InboxReader(engine, listener);
    this.listener = listener;
  }

  /// @param reserveBytes what is to stay free on the disk
  void limits(long reserveBytes, long patienceMillis) {
    reserve = reserveBytes;
    patience = patienceMillis;
  }

  void whenReopened(Runnable then) {
    reopened.add(then);
  }

  void take(Handed h) {
    queue.add(h);
  }

  /// Carries over what a batch that was answered elsewhere wanted changed.
  void carry(StoreBatch refused) {
    for (StoreOp op : refused.ops()) {
      if (!isPromise(op)) {
        carry(op);
      }
    }
  }

  boolean isFailing() {
    return outage != null && outage.told;
  }

  long groups() {
    return groups;
  }

  long batches() {
    return batches;
  }

  int carried() {
    return carried.size();
  }

  /// Operations that were to be carried over and did not fit.
  long carriedLost() {
    return carriedLost;
  }

  /// Writes one group.
  ///
  /// @return whether there is more to do at once
  boolean step(long wallMillis) {
    Outage o = outage;
    if (o != null) {
      retry(o, wallMillis);
      if (outage != null) {
        return false;
      }
    }
    List<Handed> group = new ArrayList<>();
    List<StoreOp> again = new ArrayList<>();
    try {
      boolean sync = form(group, again, wallMillis);
      Changes changes = ledger.end();
      if (!changes.isEmpty()) {
        engine.write(changes, sync && synced);
        unsynced |= !sync;
        groups++;
      }
      ledger.kept();
    } catch (IOException e) {
      outage = new Outage(wallMillis, group, again, ledger, e);
      return true;
    }
    answer(group);
    return !queue.isEmpty() || !carried.isEmpty() || ledger.hasDoomed();
  }

  /// @return whether anybody waits for it to be safe
  private boolean form(List<Handed> group, List<StoreOp> again, long wallMillis) throws IOException {
    ledger.begin();
    boolean sync = false;
    while (!carried.isEmpty() && again.size() < CARRIED_PER_GROUP) {
      again.add(carried.remove());
    }
    for (StoreOp op : again) {
      ledger.apply(op);
    }
    boolean room = queue.isEmpty() || engine.usableBytes() >= reserve;
    while (!queue.isEmpty() && ledger.changedBytes() < GROUP_BYTES_MAX) {
      Handed h = queue.remove();
      group.add(h);
      boolean takes = room || h.batch().ops().stream().noneMatch(Committer::isPromise);
      for (StoreOp op : h.batch().ops()) {
        if (takes || !isPromise(op)) {
          ledger.apply(op);
          sync |= !(op instanceof StoreOp.Remove);
        }
      }
      h.batch().outcome(takes ? Outcome.KEPT : Outcome.FULL);
    }
    ledger.purge(PURGED_PER_GROUP);
    if (wallMillis - lastSweep >= SWEEP_MILLIS && !ledger.sweepExpired(wallMillis, SWEPT_PER_GROUP)) {
      lastSweep = wallMillis;
    }
    // What only removes waits for the next sync: lost, a message comes again, which its receiver is ready for.
    return sync;
  }

  /// Whether a peer is told that it was kept, and it takes room. A retained message without QoS is not answered.
  private static boolean isPromise(StoreOp op) {
    return switch (op) {
      case StoreOp.Append _, StoreOp.PutReceived _, StoreOp.PutSubscription _ -> true;
      case StoreOp.PutRetained r -> r.message().qos() != io.trivet.broker.QoS.AT_MOST_ONCE;
      case StoreOp.PutSession _, StoreOp.RemoveSession _, StoreOp.RemoveSubscription _, StoreOp.Remove _, StoreOp.Release _,
          StoreOp.RemoveReceived _, StoreOp.PutWill _, StoreOp.RemoveWill _ -> false;
    };
  }

  private void answer(List<Handed> group) {
    for (Handed h : group) {
      batches++;
      for (StoreBatch.Read r : h.batch().reads()) {
        read(r);
      }
      h.done().accept(h.batch());
    }
  }

  private void read(StoreBatch.Read r) {
    long upTo;
    try {
      upTo = ledger.lastSeq(r.session());
    } catch (IOException e) {
      listener.damaged("an inbox could not be read: " + e.getMessage());
      r.done().accept(ReadResult.FAILED);
      return;
    }
    readers.execute(() -> r.done().accept(reader.read(r, upTo)));
  }

  // --- outages ------------------------------------------------------------------------------------------------------

  private void retry(Outage o, long wallMillis) {
    if (wallMillis >= o.nextTry) {
      try {
        engine.reopen();
        resume(o, Records.group(engine.get(Family.META, Keys.GROUP)), wallMillis);
        return;
      } catch (IOException e) {
        o.nextTry = wallMillis + (o.told ? RETRY_LATER_MILLIS : RETRY_MILLIS);
      }
    }
    if (!o.told && wallMillis - o.since >= patience) {
      o.told = true;
      listener.fails(String.valueOf(o.cause.getMessage()));
      o.carried.forEach(this::carry);
      refuse(o.group);
    }
    if (o.told) {
      refuse(List.copyOf(queue));
      queue.clear();
    }
  }

  private void resume(Outage o, Records.Group found, long wallMillis) throws IOException {
    boolean written = found.number() == o.number;
    ledger.reload(found);
    if (o.told) {
      if (written) {
        engine.write(ledger.takeBack(o.undo, o.undoMessages, o.undoBytes), synced);
      }
    } else if (written) {
      engine.write(ledger.confirm(), synced);
      answer(o.group);
    } else {
      for (Handed h : o.group.reversed()) {
        queue.addFirst(h);
      }
      for (StoreOp op : o.carried.reversed()) {
        carried.addFirst(op);
      }
    }
    outage = null;
    if (o.told) {
      listener.worksAgain(wallMillis - o.since);
    }
    reopened.forEach(Runnable::run);
  }

  private void refuse(List<Handed> handed) {
    boolean full = outage != null && outage.cause instanceof EngineException e && e.kind() == EngineException.Kind.FULL;
    for (Handed h : handed) {
      carry(h.batch());
      h.batch().outcome(full ? Outcome.OUT_OF_SPACE : Outcome.FAILED);
      h.batch().reads().forEach(r -> r.done().accept(ReadResult.FAILED));
      h.done().accept(h.batch());
    }
  }

  private void carry(StoreOp op) {
    if (carried.size() < CARRIED_MAX) {
      carried.add(op);
    } else {
      carriedLost++;
    }
  }

  /// Makes sure that what was written without a sync is on the disk; at the end.
  void sync() throws IOException {
    if (unsynced || !synced) {
      engine.write(ledger.confirm(), true);
      unsynced = false;
    }
  }
}
