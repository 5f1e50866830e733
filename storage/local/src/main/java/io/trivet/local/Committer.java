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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  private static final long GROUP_BYTES_MAX = 16L << 20;
  private static final int CARRIED_MAX = 1_000_000;
  private static final int CARRIED_PER_GROUP = 10_000;
  private static final int PURGED_PER_GROUP = 256;
  private static final int SWEPT_PER_GROUP = 256;
  private static final long SWEEP_MILLIS = 5_000;
  private static final long TRIM_MILLIS = 1_000;
  private static final int TRIMMED_PER_GROUP = 4_096;
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
  private long lastTrim = Long.MIN_VALUE / 2;
  private long groups;
  private long batches;
  private long carriedLost;
  private boolean unsynced;
  private boolean sweeping;

  /// A batch and who is told of it.
  record Handed(StoreBatch batch, Consumer<StoreBatch> done) {}

  /// A batch in a group, and what is to be said of it once that is written.
  private record Formed(Handed handed, Outcome outcome) {}

  /// Since a write has failed.
  private static final class Outage {
    final long since;
    final List<Formed> group;
    final List<StoreOp> carried;
    final long number;
    final Changes undo;
    final long undoMessages;
    final long undoBytes;
    final IOException cause;
    long nextTry;
    boolean told;

    Outage(long since, List<Formed> group, List<StoreOp> carried, Ledger ledger, IOException cause) {
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
    List<Formed> group = new ArrayList<>();
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
    } catch (RuntimeException | AssertionError e) {
      // Our own defect costs the batches it came up with, not the store: it goes on from what is on disk.
      LOG.error("a defect while a group was formed: {} batches are answered as failed", group.size(), e);
      outage = new Outage(wallMillis, group, List.of(), ledger, new IOException("a defect of the server: " + e, e));
      giveUp(outage);
      return true;
    }
    answer(group);
    return !queue.isEmpty() || !carried.isEmpty() || sweeping || ledger.hasDoomed();
  }

  /// @return whether anybody waits for it to be safe
  private boolean form(List<Formed> group, List<StoreOp> again, long wallMillis) throws IOException {
    ledger.begin();
    ledger.purge(PURGED_PER_GROUP);
    boolean sync = false;
    while (!carried.isEmpty() && again.size() < CARRIED_PER_GROUP) {
      again.add(carried.remove());
    }
    for (StoreOp op : again) {
      ledger.apply(op);
    }
    boolean room = queue.isEmpty() || engine.usableBytes() >= reserve;
    // What was carried over is older than what waits, so all of it goes first.
    while (carried.isEmpty() && !queue.isEmpty() && ledger.changedBytes() < GROUP_BYTES_MAX) {
      Handed h = queue.remove();
      boolean takes = room || h.batch().ops().stream().noneMatch(Committer::isPromise);
      group.add(new Formed(h, takes ? Outcome.KEPT : Outcome.FULL));
      for (StoreOp op : h.batch().ops()) {
        if (takes || !isPromise(op)) {
          ledger.apply(op);
          sync |= !(op instanceof StoreOp.Remove);
        }
      }
    }
    if (sweeping || wallMillis - lastSweep >= SWEEP_MILLIS) {
      sweeping = ledger.sweepExpired(wallMillis, SWEPT_PER_GROUP);
      lastSweep = wallMillis;
    }
    if (wallMillis - lastTrim >= TRIM_MILLIS) {
      ledger.trim(TRIMMED_PER_GROUP);
      lastTrim = wallMillis;
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

  private void answer(List<Formed> group) {
    for (Formed f : group) {
      Handed h = f.handed;
      batches++;
      h.batch().outcome(f.outcome);
      for (StoreBatch.Read r : h.batch().reads()) {
        read(r);
      }
      done(h);
    }
  }

  private static void done(Handed h) {
    try {
      h.done().accept(h.batch());
    } catch (RuntimeException | AssertionError e) {
      LOG.error("a defect of who waited for the store", e);
    }
  }

  private void read(StoreBatch.Read r) {
    if (!ledger.knows(r.session())) {
      r.done().accept(new ReadResult(List.of(), r.from() - 1, false, false));
      return;
    }
    long from;
    long upTo;
    try {
      from = Math.max(r.from(), ledger.head(r.session()));
      upTo = ledger.lastSeq(r.session());
    } catch (IOException e) {
      listener.damaged("an inbox could not be read: " + e.getMessage());
      r.done().accept(ReadResult.FAILED);
      return;
    }
    readers.execute(() -> r.done().accept(reader.read(r, from, upTo)));
  }

  // --- outages ------------------------------------------------------------------------------------------------------

  private void retry(Outage o, long wallMillis) {
    boolean overdue = !o.told && wallMillis - o.since >= patience;
    if (wallMillis >= o.nextTry || overdue) {
      try {
        engine.reopen();
        resume(o, Records.group(engine.get(Family.META, Keys.GROUP)), wallMillis);
        return;
      } catch (IOException e) {
        o.nextTry = wallMillis + (o.told ? RETRY_LATER_MILLIS : RETRY_MILLIS);
      }
    }
    if (overdue) {
      giveUp(o);
    }
    if (o.told) {
      refuseQueue();
    }
  }

  private void giveUp(Outage o) {
    o.told = true;
    listener.fails(String.valueOf(o.cause.getMessage()));
    for (StoreOp op : o.carried.reversed()) {
      carried.addFirst(op);
    }
    refuse(o.group.stream().map(Formed::handed).toList());
  }

  private void refuseQueue() {
    List<Handed> all = List.copyOf(queue);
    queue.clear();
    refuse(all);
  }

  /// Whether a group waits for the disk to work again, and nobody was told yet.
  boolean isWaiting() {
    return outage != null && !outage.told;
  }

  boolean isOut() {
    return outage != null;
  }

  /// Nothing is written any more: whoever waits is told so.
  void stop() {
    Outage o = outage;
    if (o != null && !o.told) {
      giveUp(o);
    }
    refuseQueue();
  }

  /// What inboxes hold may differ from what was told.
  void tellReopened() {
    reopened.forEach(Runnable::run);
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
      for (Formed f : o.group.reversed()) {
        queue.addFirst(f.handed);
      }
      for (StoreOp op : o.carried.reversed()) {
        carried.addFirst(op);
      }
    }
    outage = null;
    if (o.told) {
      listener.worksAgain(wallMillis - o.since);
    }
    tellReopened();
  }

  private void refuse(List<Handed> handed) {
    boolean full = outage != null && outage.cause instanceof EngineException e && e.kind() == EngineException.Kind.FULL;
    for (Handed h : handed) {
      carry(h.batch());
      h.batch().outcome(full ? Outcome.OUT_OF_SPACE : Outcome.FAILED);
      h.batch().reads().forEach(r -> r.done().accept(ReadResult.FAILED));
      done(h);
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
