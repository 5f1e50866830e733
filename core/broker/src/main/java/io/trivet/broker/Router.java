package io.trivet.broker;

import io.trivet.base.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    boolean exactlyOnce = m.qos() == QoS.EXACTLY_ONCE;
    if (from.mayPublish(m, decider.generation())) {
      return route(Authorized.byEarlier(m), exactlyOnce, from, listener, packetId);
    }
    Decider.Decision decision = decider.publish(from.principal(), from.clientId(), m);
    return switch (decision) {
      case Decider.Decision.Allow(boolean holds) -> {
        if (holds) {
          from.rememberMayPublish(m, decider.generation());
        }
        yield route(Authorized.by(decision, m), exactlyOnce, from, listener, packetId);
      }
      case Decider.Decision.Modify _ -> route(Authorized.by(decision, m), exactlyOnce, from, listener, packetId);
      case Decider.Decision.Deny(String rule) -> {
        denied(from, m, "publish", rule);
        yield PublishResult.NOT_AUTHORIZED;
      }
      case Decider.Decision.Unfit(String what) -> {
        unfit(from, m, what);
        yield PublishResult.UNFIT;
      }
      case Decider.Decision.Delay(Duration wait) -> {
        if (delayed >= DELAYED_MAX) {
          yield PublishResult.QUOTA_EXCEEDED;
        }
        delayed++;
        loop.timers().set(new Delayed(Authorized.by(decision, m), exactlyOnce, from, listener, packetId),
            loop.nowNanos() + wait.toNanos());
        yield PublishResult.PENDING;
      }
    };
  }

  /// Whether the rules would let it publish there, now and as it is; not whether such a payload is fit.
  public boolean mayPublish(Session who, Message m) {
    Decider.Decision d = loop.broker().decider().publish(who.principal(), who.clientId(), m);
    return d instanceof Decider.Decision.Allow || d instanceof Decider.Decision.Unfit;
  }

  /// Whether the rules would let it subscribe to that topic now.
  public boolean maySubscribe(Session who, TopicName topic) {
    return loop.broker().decider().review(who.principal(), who.clientId(), TopicFilter.exactly(topic),
        QoS.AT_MOST_ONCE) instanceof Decider.Decision.Allow;
  }

  /// Whether a message of that topic is kept.
  public boolean isRetained(TopicName topic) {
    return loop.broker().retained().get(topic) != null;
  }

  /// What became of a read.
  public sealed interface Read {
    record Found(Message message) implements Read {}

    record Absent() implements Read {}

    record Denied() implements Read {}
  }

  /// The retained message of a topic, for whoever may subscribe to it and be sent it.
  public Read retained(Session reader, TopicName topic) {
    Decider decider = loop.broker().decider();
    Message m = loop.broker().retained().get(topic);
    if (!(decider.subscribe(reader.principal(), reader.clientId(), TopicFilter.exactly(topic), QoS.AT_MOST_ONCE)
        instanceof Decider.Decision.Allow)) {
      loop.counters().increment(Counter.SUBSCRIBE_DENIED);
      loop.broker().watcher().denied(reader.clientId(), reader.principal(), "read", topic.toString(), "no rule allows it");
      return new Read.Denied();
    }
    if (m == null) {
      return new Read.Absent();
    }
    if (m.isExpired(loop.wallMillis())) {
      forgetRetained(m);
      return new Read.Absent();
    }
    return switch (decider.deliver(reader.principal(), reader.clientId(), m)) {
      case Decider.Decision.Allow _ -> new Read.Found(m);
      case Decider.Decision.Modify(Message changed) -> new Read.Found(changed);
      // As if it were not there: the peer may know of the topic, not of this message.
      case Decider.Decision.Deny _, Decider.Decision.Delay _, Decider.Decision.Unfit _ -> {
        loop.counters().increment(Counter.DELIVERY_DENIED);
        yield new Read.Denied();
      }
    };
  }

  private void denied(Session from, Message m, String action, String rule) {
    loop.counters().increment(Counter.PUBLISH_DENIED);
    loop.broker().watcher().denied(from.clientId(), from.principal(), action, m.topic().toString(), rule);
  }

  private void unfit(Session from, Message m, String what) {
    loop.counters().increment(Counter.PUBLISH_UNFIT);
    loop.broker().watcher().denied(from.clientId(), from.principal(), "publish", m.topic().toString(), what);
  }

  private final class Delayed extends Timers.Timer {
    private final Authorized authorized;
    private final boolean exactlyOnce;
    private final Session from;
    private final PublishListener listener;
    private final int packetId;

    Delayed(Authorized authorized, boolean exactlyOnce, Session from, PublishListener listener, int packetId) {
      this.authorized = authorized;
      this.exactlyOnce = exactlyOnce;
      this.from = from;
      this.listener = listener;
      this.packetId = packetId;
    }

    @Override
    protected void fire(long nowNanos) {
      delayed--;
      Message m = authorized.message();
      Decider.Decision again = loop.broker().decider().publishDelayed(from.principal(), from.clientId(), m);
      if (again instanceof Decider.Decision.Deny(String rule)) {
        denied(from, m, "publish", rule);
        listener.published(packetId, PublishResult.NOT_AUTHORIZED);
        return;
      }
      if (again instanceof Decider.Decision.Unfit(String what)) {
        unfit(from, m, what);
        listener.published(packetId, PublishResult.UNFIT);
        return;
      }
      PublishResult result = route(Authorized.by(again, m), exactlyOnce, from, listener, packetId);
      if (result != PublishResult.PENDING) {
        listener.published(packetId, result);
      }
    }
  }

  /// Publishes the will of a session that is gone, if the rules still let it.
  void publishWill(Session from, Message m) {
    Decider.Decision decision = loop.broker().decider().will(from.willPrincipal, from.clientId(), m);
    switch (decision) {
      case Decider.Decision.Deny(String rule) -> denied(from, m, "will", rule);
      case Decider.Decision.Unfit(String what) -> unfit(from, m, what);
      case Decider.Decision.Allow _, Decider.Decision.Modify _, Decider.Decision.Delay _ -> {
        loop.counters().increment(Counter.WILLS_SENT);
        route(Authorized.by(decision, m), false, from, (_, _) -> {}, 0);
      }
    }
  }

  /// Publishes for the server itself, such as statistics.
  public void publishOwn(Message m) {
    route(Authorized.byServer(m), false, null, (_, _) -> {}, 0);
  }

  /// @param exactlyOnce whether it was published with QoS 2, whatever the rules made of it
  private PublishResult route(
      Authorized authorized,
      boolean exactlyOnce,
      @Nullable Session from,
      PublishListener listener,
      int packetId) {
    Message m = authorized.message();
    RetainedTree.Change retained = null;
    if (m.retain()) {
      retained = loop.broker().retained().set(m);
      if (retained == null) {
        loop.counters().increment(Counter.LIMIT_RETAINED);
        return PublishResult.QUOTA_EXCEEDED;
      }
    }
    Route route = routes.of(m.topic(), loop.broker().tree());
    boolean id = exactlyOnce && from != null && from.isDurable();
    if (m.qos() != QoS.AT_MOST_ONCE
        && (retained != null || id || route.anyDurable() || from != null && storing.containsKey(from))) {
      waitForStore(m, route, id, from, listener, packetId, Optional.ofNullable(retained));
      return PublishResult.PENDING;
    }
    if (retained != null && from != null) { // the server's own statistics are made anew, not kept
      loop.batch().add(new StoreOp.PutRetained(m, retained.number(), Optional.empty()));
    }
    dispatch(route, m);
    return route.isEmpty() ? PublishResult.NO_SUBSCRIBERS : PublishResult.ACCEPTED;
  }

  private void waitForStore(
      Message m,
      Route route,
      boolean id,
      @Nullable Session from,
      PublishListener listener,
      int packetId,
      Optional<RetainedTree.Change> retained) {
    if (from != null) {
      storing.merge(from, 1, Integer::sum);
    }
    List<Target> to = new ArrayList<>(route.targets().length + route.groups().length);
    for (Target t : route.targets()) {
      Target left = t.anyNoLocal && m.publisher().equals(t.session.clientId()) ? t.forOwnMessage() : t;
      if (left != null) {
        to.add(left);
      }
    }
    for (Route.ShareGroup g : route.groups()) {
      Target t = g.choose();
      if (t != null) {
        to.add(t);
      }
    }
    Optional<StoreOp.Append> append = append(m, to);
    if (id && from != null) {
      from.storing(packetId, listener);
      loop.batch().add(new StoreOp.PutReceived(from.number(), packetId, append));
    }
    retained.ifPresent(change -> loop.batch().add(new StoreOp.PutRetained(m, change.number(), append)));
    loop.batch().waiting.add(new StoreBatch.Waiting(
        m, to.toArray(new Target[0]), append, Optional.ofNullable(from), id, listener, packetId, retained));
  }

  private Optional<StoreOp.Append> append(Message m, List<Target> to) {
    List<InboxEntry> inboxes = new ArrayList<>(to.size());
    for (Target t : to) {
      if (isStored(m, t)) {
        inboxes.add(new InboxEntry(
            t.session.number(), m.qos().min(t.qos), t.retainAsPublished && m.retain(), t.ids, t.share()));
      }
    }
    if (inboxes.isEmpty()) {
      return Optional.empty();
    }
    StoreOp.Append append = new StoreOp.Append(m, inboxes);
    loop.batch().add(append);
    return Optional.of(append);
  }

  private static boolean isStored(Message m, Target t) {
    return t.session.isDurable() && t.qos != QoS.AT_MOST_ONCE && m.qos() != QoS.AT_MOST_ONCE;
  }

  /// Delivers a message to one session by way of the store.
  ///
  /// @param done once it was handed to the session, or could not be kept
  void keepFor(Message m, Target t, Runnable done) {
    List<Target> to = List.of(t);
    loop.batch().waiting.add(new StoreBatch.Waiting(m, to.toArray(new Target[0]), append(m, to), Optional.empty(),
        false, (_, _) -> done.run(), 0, Optional.empty()));
  }

  /// A retained message has expired: clears its topic, unless another stands there by now.
  void forgetRetained(Message m) {
    if (loop.broker().retained().get(m.topic()) == m) {
      Message none = new Message(m.topic(), Bytes.EMPTY, QoS.AT_MOST_ONCE, true, MessageProperties.NONE,
          Message.NEVER, m.publisher());
      RetainedTree.Change cleared = loop.broker().retained().clear(m.topic());
      loop.batch().add(new StoreOp.PutRetained(none, cleared.number(), Optional.empty()));
    }
  }

  void kept(StoreBatch.Waiting w, StoreBatch.Outcome outcome) {
    w.from().ifPresent(s -> storing.computeIfPresent(s, (_, n) -> n == 1 ? null : n - 1));
    boolean refused = w.append().isPresent() && w.append().get().isRefused();
    if (refused || !outcome.isKept()) {
      w.retained().ifPresent(loop.broker().retained()::undo);
      if (refused) {
        loop.counters().increment(Counter.REFUSED_QUEUE_FULL);
      }
      answer(w, refused || outcome.isFull()
          ? PublishResult.QUOTA_EXCEEDED : PublishResult.STORE_FAILED);
      return;
    }
    w.append().ifPresent(a -> loop.counters().add(Counter.DROPPED_QUEUE_FULL, a.dropped()));
    int inbox = 0;
    for (Target t : w.targets()) {
      if (!isStored(w.message(), t)) {
        toHome(w.message(), t, Delivery.NOT_STORED);
        continue;
      }
      long seq = w.append().orElseThrow().seq(inbox++);
      if (seq != StoreOp.Append.DROPPED) {
        toHome(w.message(), t, seq);
      } else if (t.session.isEnded() && t.isShared()) {
        handOn(new Delivery(w.message(), w.message().qos().min(t.qos), false, t.ids, t.share(), seq), t.session);
      } else {
        loop.counters().increment(Counter.DROPPED_QUEUE_FULL);
      }
    }
    answer(w, w.targets().length == 0 ? PublishResult.NO_SUBSCRIBERS : PublishResult.ACCEPTED);
  }

  private void answer(StoreBatch.Waiting w, PublishResult result) {
    if (w.hasId()) {
      Session from = w.from().orElseThrow();
      loop.sessions().whenHere(from, () -> from.stored(w.packetId(), result));
    } else {
      w.listener().published(w.packetId(), result);
    }
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

  private void toHome(Message m, Target t, long seq) {
    int home = t.session.home();
    if (home == loop.index()) {
      deliver(m, t.alone, seq);
    } else {
      loop.sendDelivery(home, m, t.alone, seq);
    }
  }

  void deliver(Message m, Target[] targets, long seq) {
    for (Target t : targets) {
      Session s = t.session;
      if (s.loop == loop) {
        try {
          s.deliver(m, t, seq);
        } catch (RuntimeException | AssertionError fault) {
          // Our own defect costs that one session, not the others that this loop serves.
          loop.broker().watcher().failed("delivering to " + s, fault);
          loop.sessions().endFaulty(s);
        }
      } else {
        loop.sessions().deliverAbsent(s, m, t, seq);
      }
    }
  }

  /// Gives a shared subscription's message that its receiver will not get any more to another of the group.
  void handOn(Delivery d, Session from) {
    List<Target> members = new ArrayList<>();
    loop.broker().tree().forEachMember(SubscriptionFilter.of(d.share), s -> members.add(new Target(s)));
    members.removeIf(t -> t.session == from);
    Target next = members.isEmpty() ? null : new Route.ShareGroup(members.toArray(new Target[0])).choose();
    if (next == null) {
      return;
    }
    if (isStored(d.message, next)) {
      keepFor(d.message, next, () -> {});
    } else {
      toHome(d.message, next, Delivery.NOT_STORED);
    }
  }
}
