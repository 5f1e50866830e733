package io.trivet.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Builds sessions, subscriptions, wills and retained messages from what the store has kept, before the loops run.
final class Recovering implements Recovery {
  private record Resting(Session session, long sinceMillis) {}

  private final Broker broker;
  private final Map<Long, Resting> sessions = new HashMap<>();
  private final Map<Session, Long> willDue = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();

  Recovering(Broker broker) {
    this.broker = broker;
  }

  @Override
  public void lastSession(long number) {
    broker.usedSession(number);
  }

  @Override
  public void session(StoreOp.PutSession kept) {
    broker.usedSession(kept.session());
    Session before = broker.find(kept.clientId());
    if (before != null && before.number() > kept.session()) {
      forget(kept.clientId(), kept.session());
      return;
    }
    if (before != null) {
      // The server stopped between the end of one session and the beginning of the next under the same identifier.
      sessions.remove(before.number());
      broker.unregister(before);
      forget(kept.clientId(), before.number());
    }
    Session s = Session.recovered(kept, home(kept.clientId()));
    broker.register(s);
    sessions.put(kept.session(), new Resting(s, kept.restingSinceMillis()));
  }

  private void forget(ClientId id, long number) {
    home(id).batch().add(new StoreOp.RemoveSession(number));
  }

  private BrokerLoop home(ClientId id) {
    int hash = id.hashCode();
    return broker.loop(Math.floorMod(hash ^ hash >>> 16, broker.loopCount()));
  }

  @Override
  public void subscription(StoreOp.PutSubscription kept) {
    Resting r = sessions.get(kept.session());
    if (r != null) {
      Subscription s = new Subscription(
          r.session, kept.filter(), kept.qos(), kept.noLocal(), kept.retainAsPublished(), kept.id());
      r.session.put(s);
      subscriptions.add(s);
    }
  }

  @Override
  public void received(StoreOp.PutReceived kept) {
    Resting r = sessions.get(kept.session());
    if (r != null) {
      r.session.received(kept.packetId());
    }
  }

  @Override
  public void will(StoreOp.PutWill kept) {
    Resting r = sessions.get(kept.session());
    if (r != null) {
      r.session.recoverWill(kept.will());
      willDue.put(r.session, kept.dueWallMillis());
    }
  }

  @Override
  public void retained(Message message, long number) {
    broker.retained().recover(message, number);
  }

  /// Plants the topic tree and sets the clocks of all sessions. For one that was connected when the server stopped
  /// without saying so, they begin now.
  void finish(long nowNanos, long wallMillis) {
    broker.changeTree(tree -> {
      TopicTree t = tree;
      for (Subscription s : subscriptions) {
        t = t.with(s);
      }
      return t;
    });
    for (Resting r : sessions.values()) {
      Session s = r.session;
      BrokerLoop loop = broker.loop(s.home());
      boolean wasConnected = r.sinceMillis == StoreOp.CONNECTED;
      long since = wasConnected ? wallMillis : Math.min(r.sinceMillis, wallMillis);
      long seconds = loop.sessions().expirySeconds(s);
      long end = since + seconds * 1_000;
      long willAt = Long.MAX_VALUE;
      if (s.will != null) {
        long due = willDue.getOrDefault(s, StoreOp.CONNECTED);
        willAt = due == StoreOp.CONNECTED
            ? wallMillis + Math.min(s.will.delaySeconds(), seconds) * 1_000 : due;
      }
      if (wasConnected) {
        s.keep(since);
        if (s.will != null) {
          s.keepWill(willAt);
        }
      }
      loop.sessions().awaitEnd(s, in(willAt, nowNanos, wallMillis), in(end, nowNanos, wallMillis));
    }
  }

  /// The monotonic time of a wall-clock time, not before now.
  private static long in(long atMillis, long nowNanos, long wallMillis) {
    return atMillis == Long.MAX_VALUE
        ? Long.MAX_VALUE : nowNanos + Math.max(0, atMillis - wallMillis) * 1_000_000;
  }
}
