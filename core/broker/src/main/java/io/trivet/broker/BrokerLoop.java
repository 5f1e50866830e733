package io.trivet.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One event loop's share of the broker: single-threaded, steps only when called, so the same code runs on a Netty loop
/// and under virtual time.
///
/// A cycle is: [#beginCycle], any number of connections' packets and mails, [#endCycle]. What a cycle wants stored goes
/// to the store as one batch, what it wants of another loop as one mail.
public final class BrokerLoop {
  /// With more than this at the store, the disk is behind: publishers wait, not memory. Until then what needs no disk goes
  /// on as before.
  private static final long BYTES_UNDER_WAY_MAX = 32L << 20;

  private static final int BATCH_BYTES = 512;

  private final Broker broker;
  private final int index;
  private final LoopPorts ports;
  private final Timers timers = new Timers();
  private final Counters counters = new Counters();
  private final Sessions sessions;
  private final Router router;
  private final Rights rights;
  private final Outgoing[] outgoing;
  private StoreBatch batch = new StoreBatch();
  private final List<Consumer<StoreBatch.Outcome>> whenKept = new ArrayList<>();
  private long bytesUnderWay;
  private int epoch;
  private long nowNanos;
  private long wallMillis;

  /// What waits for one loop's mailbox, in order.
  private static final class Outgoing {
    final ArrayDeque<Mail> waiting = new ArrayDeque<>();
    Mail.@Nullable Deliveries open;

    void close() {
      if (open != null) {
        waiting.add(open);
        open = null;
      }
    }
  }

  BrokerLoop(Broker broker, int index, int loops, LoopPorts ports) {
    this.broker = broker;
    this.index = index;
    this.ports = ports;
    this.sessions = new Sessions(this, loops);
    this.router = new Router(this, loops);
    this.rights = new Rights(this);
    this.outgoing = new Outgoing[loops];
    for (int i = 0; i < loops; i++) {
      outgoing[i] = new Outgoing();
    }
  }

  public int index() {
    return index;
  }

  public Broker broker() {
    return broker;
  }

  public Limits limits() {
    return broker.limits();
  }

  public Timers timers() {
    return timers;
  }

  public Counters counters() {
    return counters;
  }

  public Sessions sessions() {
    return sessions;
  }

  public Router router() {
    return router;
  }

  public Rights rights() {
    return rights;
  }

  public long nowNanos() {
    return nowNanos;
  }

  public long wallMillis() {
    return wallMillis;
  }

  int epoch() {
    return epoch;
  }

  void newEpoch() {
    epoch++;
  }

  StoreBatch batch() {
    return batch;
  }

  /// Runs once the batch that is being filled is kept, or is known not to be.
  void whenKept(Consumer<StoreBatch.Outcome> work) {
    whenKept.add(work);
  }

  /// Time for everything until the next call.
  public void beginCycle(long monotonicNanos, long wallClockMillis) {
    nowNanos = monotonicNanos;
    wallMillis = wallClockMillis;
    counters.increment(Counter.CYCLES);
  }

  /// Fires the timers that are due.
  public void tick() {
    timers.advance(nowNanos);
  }

  /// Hands the cycle's work to the store and to the other loops.
  ///
  /// @return false where a mailbox is full: the caller reads from no connection until a later call returns true
  public boolean endCycle() {
    // What waits for the store may itself publish, so once more until nothing is left.
    while (!batch.isEmpty() || !whenKept.isEmpty()) {
      StoreBatch full = batch;
      full.whenKept.addAll(whenKept);
      whenKept.clear();
      batch = new StoreBatch();
      bytesUnderWay += BATCH_BYTES + full.weight();
      if (broker.store().commit(full, this::committedElsewhere)) {
        committed(full);
      }
    }
    return deliverMail() && bytesUnderWay < BYTES_UNDER_WAY_MAX;
  }

  /// Whether the store has answered all that it was handed, and the other loops have all their mail.
  public boolean isSettled() {
    if (bytesUnderWay > 0 || !batch.isEmpty() || !whenKept.isEmpty()) {
      return false;
    }
    for (Outgoing out : outgoing) {
      if (out.open != null || !out.waiting.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /// Has the loop do something in a cycle of its own; from any thread.
  public void later(Consumer<BrokerLoop> work) {
    if (!ports.post(index, new Mail.Task(work))) {
      throw new AssertionError("the mailbox of a loop must always take its own tasks");
    }
  }

  private void committedElsewhere(StoreBatch b) {
    answered(new Mail.Committed(b));
  }

  /// The store has finished something; from any thread.
  void answered(Mail mail) {
    if (!ports.post(index, mail)) {
      throw new AssertionError("the mailbox of a loop must always take what it waits for");
    }
  }

  private void committed(StoreBatch b) {
    bytesUnderWay -= BATCH_BYTES + b.weight();
    StoreBatch.Outcome outcome = b.outcome();
    if (outcome == StoreBatch.Outcome.PENDING) {
      throw new AssertionError("a batch that came back without an outcome");
    }
    if (!outcome.isKept()) {
      counters.add(Counter.DROPPED_STORE_FAILED, b.waiting.size());
    }
    for (StoreBatch.Waiting w : b.waiting) {
      router.kept(w, outcome);
    }
    for (Consumer<StoreBatch.Outcome> work : b.whenKept) {
      work.accept(outcome);
    }
  }

  private boolean deliverMail() {
    boolean all = true;
    for (int to = 0; to < outgoing.length; to++) {
      Outgoing out = outgoing[to];
      out.close();
      while (!out.waiting.isEmpty() && ports.post(to, out.waiting.peek())) {
        out.waiting.poll();
      }
      all &= out.waiting.isEmpty();
    }
    return all;
  }

  /// Mail for another loop, or for this one's next cycle.
  void send(int to, Mail mail) {
    outgoing[to].close();
    outgoing[to].waiting.add(mail);
  }

  void sendDelivery(int to, Message m, Target[] targets, long seq) {
    Outgoing out = outgoing[to];
    if (out.open == null) {
      out.open = new Mail.Deliveries();
    }
    out.open.add(m, targets, seq);
  }

  /// What another loop left in this one's mailbox.
  public void receive(Mail mail) {
    switch (mail) {
      case Mail.Deliveries d -> d.deliverAt(this);
      case Mail.Adopt a -> sessions.adopt(a);
      case Mail.LookAgain(ConnectRequest r) -> sessions.connect(r);
      case Mail.Fence f -> {
        newEpoch();
        send(f.replyTo(), new Mail.FencePassed(f.session()));
      }
      case Mail.FencePassed(Session s) -> sessions.fencePassed(s);
      case Mail.Arrive(Session s, ConnectRequest r) -> sessions.arrive(s, r);
      case Mail.Committed(StoreBatch b) -> committed(b);
      case Mail.InboxRead(Session s, int number, StoreBatch.ReadResult result) -> {
        if (s.loop == this) {
          s.read(number, result);
        }
      }
      case Mail.Task(Consumer<BrokerLoop> work) -> work.accept(this);
    }
  }
}
