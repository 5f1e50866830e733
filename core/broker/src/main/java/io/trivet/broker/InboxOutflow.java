package io.trivet.broker;

import io.trivet.broker.Delivery.Stage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Of a session that outlives its connection: messages wait in its [Inbox], which the store keeps. Packet ids follow from
/// their numbers there, so that they are the same after a restart.
final class InboxOutflow extends Outflow {
  /// Retained messages on their way through the store at a time.
  private static final int REPLAYS_STORING_MAX = 64;

  private static final long READ_AGAIN_NANOS = 1_000_000_000L;

  private final Inbox inbox;
  private int replaysStoring;
  private Timers.@Nullable Timer readAgain;

  /// @param recovered whether the store knew the session before the server started
  InboxOutflow(Session session, boolean recovered) {
    super(session);
    this.inbox = new Inbox(recovered);
  }

  @Override
  @Nullable Outlet detach() {
    Outlet o = super.detach();
    Timers.Timer t = readAgain;
    if (t != null) {
      loop().timers().cancel(t);
    }
    rewind(inFlight() == 0 ? -1 : window().oldest());
    forgetWindow();
    replaysStoring = 0;
    session.lagging(false);
    return o;
  }

  private void rewind(long oldest) {
    loop().broker().queued(-inbox.weight());
    inbox.rewind(oldest);
  }

  @Override
  void take(Delivery d) {
    if (d.seq < 0) {
      throw new AssertionError("a message for " + session + " that is not stored");
    }
    Outlet o = outlet();
    int id = SendWindow.packetId(d.seq);
    if (o != null && inbox.isNext(d.seq) && hasRoom(o) && window().get(id) == null) {
      inbox.passed(d.seq);
      send(o, d, id, inbox.wasSent(d.seq));
      return;
    }
    Broker broker = loop().broker();
    long before = inbox.weight();
    inbox.arrived(d, o != null, broker.queuedBytes() + d.message.weight() <= loop().limits().queueBytesTotalMax());
    broker.queued(inbox.weight() - before);
    pump();
    session.lagging(o != null && inbox.isBehind());
  }

  @Override
  boolean sendNext(Outlet o) {
    Delivery d = inbox.peek();
    int id = d == null ? 0 : SendWindow.packetId(d.seq);
    if (d == null || window().get(id) != null) {
      return false;
    }
    inbox.poll();
    loop().broker().queued(-d.message.weight());
    if (d.stage == Stage.AWAIT_PUBCOMP) {
      window().addAs(d, id);
      released(d);
    } else if (d.message.isExpired(loop().wallMillis()) && !inbox.hasBegun(d)) {
      loop().counters().increment(Counter.DROPPED_EXPIRED);
      forget(d);
    } else {
      send(o, d, id, inbox.wasSent(d.seq));
    }
    return true;
  }

  /// Asks the store for what is next, where it has it.
  @Override
  void ranDry() {
    session.lagging(inbox.isBehind());
    if (inbox.wantsRead() && (readAgain == null || !readAgain.isSet())) {
      BrokerLoop l = loop();
      int read = inbox.beginRead();
      l.batch().read(new StoreBatch.Read(session.number(), inbox.readFrom(), Inbox.READ_MESSAGES_MAX,
          Inbox.READ_BYTES_MAX, r -> l.answered(new Mail.InboxRead(session, read, r))));
    }
  }

  /// The store has answered.
  ///
  /// @param read which of the session's reads
  void read(int read, StoreBatch.ReadResult result) {
    if (outlet() == null) {
      return; // whoever comes next reads again
    }
    long before = inbox.weight();
    if (!inbox.read(read, result, loop().limits().inflightMax())) {
      Timers.Timer t = new Timers.Timer() {
        @Override
        protected void fire(long nowNanos) {
          pump();
        }
      };
      readAgain = t;
      loop().timers().set(t, loop().nowNanos() + READ_AGAIN_NANOS);
      return;
    }
    loop().broker().queued(inbox.weight() - before);
    pump();
  }

  /// What the store holds may differ from what was told.
  void suspect() {
    inbox.suspect();
    if (inFlight() > 0) {
      window().inOrder().stream().filter(d -> d.stage == Stage.RELEASING).forEach(this::release);
    }
    pump();
  }

  @Override
  boolean mayReplay() {
    return replaysStoring < REPLAYS_STORING_MAX;
  }

  @Override
  boolean sendRetained(Message m, QoS qos, Target t, Outlet o) {
    replaysStoring++;
    BrokerLoop l = loop();
    l.router().keepFor(m, t, () -> {
      if (session.isOn(l) && outlet() == o) {
        replaysStoring--;
        pump();
      }
    });
    return true;
  }

  @Override
  void forget(Delivery d) {
    loop().batch().add(new StoreOp.Remove(session.number(), d.seq));
  }

  /// Forgotten, the message would come a second time after a restart to a client that has released its id.
  @Override
  void release(Delivery d) {
    d.stage = Stage.RELEASING;
    Outlet o = outlet();
    BrokerLoop l = loop();
    l.batch().add(new StoreOp.Release(session.number(), d.seq));
    l.whenKept(outcome -> {
      if (outcome.keepsSteps() && session.isOn(l) && outlet() == o && d.stage == Stage.RELEASING) {
        released(d);
      }
    });
  }

  @Override
  void forEachWaiting(Consumer<Delivery> visitor) {
    inbox.forEachResident(visitor);
  }

  @Override
  int waiting() {
    return inbox.size();
  }

  @Override
  long waitingBytes() {
    return inbox.weight();
  }

  @Override
  void end() {
    rewind(-1);
  }
}
