package io.trivet.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One loop's way of a message: decided, matched, stored, handed to the sessions of this loop and, batched, to others.
public final class Router {
  private static final int ROUTES_KEPT = 4_096;
  private static final int DELAYED_MAX = 10_000;

  private final BrokerLoop loop;
  private final int loops;
  private final Routes routes = new Routes(ROUTES_KEPT);
  private int delayed;

  /// How many messages of each publisher wait for the store: as long as any does, none of its later ones passes it, or a
  /// receiver would see them out of order (MQTT-4.6.0-6).
  private final Map<Session, Integer> storing = new HashMap<>();

  Router(BrokerLoop loop, int loops) {
    this.loop = loop;
    this.loops = loops;
  }

  /// Publishes for a session.
  ///
  /// @param listener told later where the answer is [PublishResult#PENDING]
  /// @param packetId what the publisher calls the message; 0 for QoS 0
  public PublishResult publish(Session from, Message m, PublishListener listener, int packetId) {
    Decider decider = loop.broker().decider();
    if (from.mayPublish(m, decider.generation())) {
      return route(Authorized.byEarlier(m), from, listener, packetId);
    }
    Decider.Decision decision = decider.publish(from.principal(), from.clientId(), m);
    return switch (decision) {
      case Decider.Decision.Allow(boolean holds) -> {
        if (holds) {
          from.rememberMayPublish(m, decider.generation());
        }
        yield route(Authorized.by(decision, m), from, listener, packetId);
      }
      case Decider.Decision.Modify _ -> route(Authorized.by(decision, m), from, listener, packetId);
      case Decider.Decision.Deny(String rule) -> {
        denied(from, m, "publish", rule);
        yield PublishResult.NOT_AUTHORIZED;
      }
      case Decider.Decision.Delay(java.time.Duration wait) -> {
        if (delayed >= DELAYED_MAX) {
          yield PublishResult.QUOTA_EXCEEDED;
        }
        delayed++;
        loop.timers().set(new Delayed(Authorized.by(decision, m), from, listener, packetId),
            loop.nowNanos() + wait.toNanos());
        yield PublishResult.PENDING;
      }
    };
  }

  private void denied(Session from, Message m, String action, String rule) {
    loop.counters().increment(Counter.PUBLISH_DENIED);
    loop.broker().watcher().denied(from.clientId(), from.principal(), action, m.topic().toString(), rule);
  }

  private final class Delayed extends Timers.Timer {
    private final Authorized authorized;
    private final Session from;
    private final PublishListener listener;
    private final int packetId;

    Delayed(Authorized authorized, Session from, PublishListener listener, int packetId) {
      this.authorized = authorized;
      this.from = from;
      this.listener = listener;
      this.packetId = packetId;
    }

    @Override
    protected void fire(long nowNanos) {
      delayed--;
      // The right may have been taken away meanwhile; to be told to wait again counts as having waited.
      Message m = authorized.message();
      if (loop.broker().decider().publish(from.principal(), from.clientId(), m)
          instanceof Decider.Decision.Deny(String rule)) {
        denied(from, m, "publish", rule);
        listener.published(packetId, PublishResult.NOT_AUTHORIZED);
        return;
      }
      PublishResult result = route(authorized, from, listener, packetId);
      if (result != PublishResult.PENDING) {
        listener.published(packetId, result);
      }
    }
  }

  /// Publishes the will of a session that is gone, if the rules still let it.
  void publishWill(Session from, Message m) {
    Decider.Decision decision = loop.broker().decider().publish(from.willPrincipal, from.clientId(), m);
    switch (decision) {
      case Decider.Decision.Deny(String rule) -> denied(from, m, "will", rule);
      case Decider.Decision.Allow _, Decider.Decision.Modify _, Decider.Decision.Delay _ -> {
        loop.counters().increment(Counter.WILLS_SENT);
        route(Authorized.by(decision, m), from, (_, _) -> {}, 0);
      }
    }
  }

  /// Publishes for the server itself, such as statistics.
  public void publishOwn(Message m) {
    route(Authorized.byServer(m), null, (_, _) -> {}, 0);
  }

  private PublishResult route(
      Authorized authorized, @org.jspecify.annotations.Nullable Session from, PublishListener listener, int packetId) {
    Message m = authorized.message();
    boolean acknowledged = m.qos() != QoS.AT_MOST_ONCE;
    boolean stored = m.retain();
    if (m.retain()) {
      if (!loop.broker().retained().set(m)) {
        loop.counters().increment(Counter.LIMIT_RETAINED);
        return PublishResult.QUOTA_EXCEEDED;
      }
      loop.batch().add(m.payload().isEmpty() ? new StoreOp.RemoveRetained(m.topic()) : new StoreOp.PutRetained(m));
    }
    Route route = routes.of(m.topic(), loop.broker().tree());
    if (acknowledged) {
      stored |= route.anyDurable() || m.qos() == QoS.EXACTLY_ONCE && from != null && from.isDurable()
          || from != null && !storing.isEmpty() && storing.containsKey(from);
      if (stored) {
        waitForStore(m, route, from, listener, packetId);
        return PublishResult.PENDING;
      }
    }
    dispatch(route, m);
    return route.isEmpty() ? PublishResult.NO_SUBSCRIBERS : PublishResult.ACCEPTED;
  }

  private void waitForStore(
      Message m, Route route, @org.jspecify.annotations.Nullable Session from, PublishListener listener, int packetId) {
    if (from != null) {
      storing.merge(from, 1, Integer::sum);
    }
    List<Target> to = new ArrayList<>(route.targets().length + route.groups().length);
    List<ClientId> inboxes = new ArrayList<>();
    for (Target t : route.targets()) {
      to.add(t);
    }
    for (Route.ShareGroup g : route.groups()) {
      Target t = g.choose();
      if (t != null) {
        to.add(t);
      }
    }
    for (Target t : to) {
      if (t.session.isDurable() && t.qos != QoS.AT_MOST_ONCE) {
        inboxes.add(t.session.clientId());
      }
    }
    int append = inboxes.isEmpty() ? -1 : loop.batch().append(m, inboxes);
    loop.batch().waiting.add(
        new StoreBatch.Waiting(m, to.toArray(new Target[0]), append, Optional.ofNullable(from), listener, packetId));
  }

  void kept(StoreBatch batch, StoreBatch.Waiting w, boolean kept) {
    w.from().ifPresent(s -> storing.computeIfPresent(s, (_, n) -> n == 1 ? null : n - 1));
    if (!kept) {
      w.listener().published(w.packetId(), PublishResult.STORE_FAILED);
      return;
    }
    long position = batch.position(w.append());
    for (Target t : w.targets()) {
      toHome(w.message(), t, t.session.isDurable() ? position : Delivery.NOT_STORED);
    }
    w.listener().published(
        w.packetId(), w.targets().length == 0 ? PublishResult.NO_SUBSCRIBERS : PublishResult.ACCEPTED);
  }

  private void dispatch(Route route, Message m) {
    Target[][] byLoop = route.byLoop(loops, loop.epoch());
    for (int i = 0; i < byLoop.length; i++) {
      if (byLoop[i].length == 0) {
        continue;
      }
      if (i == loop.index()) {
        deliver(m, byLoop[i], Delivery.NOT_STORED);
      } else {
        loop.sendDelivery(i, m, byLoop[i], Delivery.NOT_STORED);
      }
    }
    for (Route.ShareGroup g : route.groups()) {
      Target t = g.choose();
      if (t != null) {
        toHome(m, t, Delivery.NOT_STORED);
      }
    }
  }

  private void toHome(Message m, Target t, long position) {
    int home = t.session.home();
    if (home == loop.index()) {
      deliver(m, t.alone, position);
    } else {
      loop.sendDelivery(home, m, t.alone, position);
    }
  }

  void deliver(Message m, Target[] targets, long position) {
    for (Target t : targets) {
      Session s = t.session;
      if (s.loop == loop) {
        try {
          s.deliver(m, t, position);
        } catch (RuntimeException | AssertionError fault) {
          // Our own defect costs that one session, not the others that this loop serves.
          loop.broker().watcher().failed("delivering to " + s, fault);
          loop.sessions().endFaulty(s);
        }
      } else {
        loop.sessions().deliverAbsent(s, m, t, position);
      }
    }
  }

  /// Gives a shared subscription's message that its receiver will not get any more to another of the group.
  void handOn(Delivery d) {
    SubscriptionFilter filter = d.target.sources[0].filter();
    List<Target> members = new ArrayList<>();
    loop.broker().tree().forEachMember(filter, s -> members.add(new Target(s)));
    members.removeIf(t -> t.session == d.target.session);
    Target next = members.isEmpty() ? null : new Route.ShareGroup(members.toArray(new Target[0])).choose();
    if (next != null) {
      toHome(d.message, next, Delivery.NOT_STORED);
    }
  }
}
