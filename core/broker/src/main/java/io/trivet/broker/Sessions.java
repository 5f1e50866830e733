package io.trivet.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// One loop's sessions: how a client gets one, loses it, takes one over, also from another loop.
///
/// # How a session moves house
/// A client on loop B asks for a session that loop A holds. Publishers on all loops send to the session's `home`.
/// ```
///   B            A                         every other loop C (and B)
///   Adopt ─────▶ ends the old connection
///                home := B
///                Fence ──────────────────▶ sends what it had for A; forgets its routes
///                ◀────────────── FencePassed
///                (all passed: nothing more can come here)
///         ◀───── Arrive
///   attaches, then delivers what came for it meanwhile
/// ```
/// A keeps queueing what still arrives until every loop has passed the fence; B sets aside what arrives for a session
/// it does not hold yet. So no publisher's messages are lost or overtake one another.
public final class Sessions {
  private final BrokerLoop loop;
  private final int loops;
  private final Map<Session, Moving> moving = new HashMap<>();
  private final Map<Session, Deque<Runnable>> arriving = new HashMap<>();

  private static final class Moving {
    final ConnectRequest request;
    final int to;
    int fencesLeft;

    Moving(ConnectRequest request, int to, int fencesLeft) {
      this.request = request;
      this.to = to;
      this.fencesLeft = fencesLeft;
    }
  }

  Sessions(BrokerLoop loop, int loops) {
    this.loop = loop;
    this.loops = loops;
  }

  /// Gives the client its session, now or after another loop has let go of it.
  public void connect(ConnectRequest r) {
    String denied = loop.rights().denied(r);
    if (denied != null) {
      loop.broker().watcher().denied(r.clientId(), r.principal(), "connect", "", denied);
      r.client().refused(ConnectRefusal.NOT_ALLOWED);
      return;
    }
    while (r.client().isOpen()) {
      Session s = loop.broker().find(r.clientId());
      if (s == null) {
        if (!loop.broker().hasRoomForSession()) {
          loop.counters().increment(Counter.LIMIT_SESSIONS);
          r.client().refused(ConnectRefusal.SESSIONS_MAX);
          return;
        }
        Session fresh = r.expirySeconds() > 0
            ? Session.durable(r.clientId(), loop.broker().nextSession(), loop, r.principal())
            : Session.passing(r.clientId(), loop, r.principal());
        if (loop.broker().register(fresh)) {
          attach(fresh, r, false);
          return;
        }
      } else if (s.loop == loop && !moving.containsKey(s)) {
        letGo(s, SessionEnd.TAKEN_OVER);
        if (isFinished(s, r)) {
          end(s);
        } else {
          attach(s, r, true);
          return;
        }
      } else if (s.home() == loop.index()) {
        Mail.Adopt again = new Mail.Adopt(s, r, loop.index());
        setAside(s, () -> adopt(again));
        return;
      } else {
        loop.send(s.home(), new Mail.Adopt(s, r, loop.index()));
        return;
      }
    }
  }

  /// Whether a new client finds no session of this one: it asked for a clean one, or the session has just ended.
  private static boolean isFinished(Session s, ConnectRequest r) {
    return r.clean() || s.isEnded() || s.expirySeconds() == 0;
  }

  void adopt(Mail.Adopt a) {
    Session s = a.session();
    if (s.isEnded()) {
      answer(a);
    } else if (s.loop == loop && !moving.containsKey(s)) {
      letGo(s, SessionEnd.TAKEN_OVER);
      if (isFinished(s, a.request())) {
        end(s);
        answer(a);
      } else {
        hand(s, a);
      }
    } else if (s.home() == loop.index()) {
      setAside(s, () -> adopt(a));
    } else {
      loop.send(s.home(), a);
    }
  }

  private void answer(Mail.Adopt a) {
    if (a.replyTo() == loop.index()) {
      connect(a.request());
    } else {
      loop.send(a.replyTo(), new Mail.LookAgain(a.request()));
    }
  }

  private void hand(Session s, Mail.Adopt a) {
    if (a.replyTo() == loop.index()) {
      attach(s, a.request(), true);
      return;
    }
    SessionTimer.stop(s, loop.timers());
    s.moveTo(a.replyTo());
    moving.put(s, new Moving(a.request(), a.replyTo(), loops - 1));
    loop.newEpoch();
    for (int i = 0; i < loops; i++) {
      if (i != loop.index()) {
        loop.send(i, new Mail.Fence(s, loop.index()));
      }
    }
  }

  void fencePassed(Session s) {
    Moving m = moving.get(s);
    if (m == null) {
      throw new AssertionError("no move of " + s + " is under way");
    }
    if (--m.fencesLeft == 0) {
      moving.remove(s);
      s.loop = null;
      loop.send(m.to, new Mail.Arrive(s, m.request));
    }
  }

  void arrive(Session s, ConnectRequest r) {
    s.loop = loop;
    attach(s, r, true);
    Deque<Runnable> waiting = arriving.remove(s);
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  private void setAside(Session s, Runnable work) {
    arriving.computeIfAbsent(s, _ -> new ArrayDeque<>()).add(work);
  }

  /// Does something with a session on the loop that holds it, or will once it has arrived.
  void whenHere(Session s, Runnable work) {
    if (s.isOn(loop)) {
      work.run();
    } else if (!s.isEnded() && s.home() == loop.index()) {
      setAside(s, () -> whenHere(s, work));
    } else if (!s.isEnded()) {
      loop.send(s.home(), new Mail.Task(l -> l.sessions().whenHere(s, work)));
    }
  }

  /// A delivery for a session that this loop does not hold.
  void deliverAbsent(Session s, Message m, Target t, long seq) {
    if (s.isEnded()) {
      if (t.isShared()) {
        loop.router().handOn(new Delivery(m, m.qos().min(t.qos), false, t.ids, t.share(), seq), s);
      }
    } else if (s.home() == loop.index()) {
      setAside(s, () -> loop.router().deliver(m, t.alone, seq));
    } else {
      loop.sendDelivery(s.home(), m, t.alone, seq);
    }
  }

  private void attach(Session s, ConnectRequest r, boolean present) {
    SessionTimer.stop(s, loop.timers());
    s.attach(r);
    if (present) {
      loop.rights().examineSubscriptions(s); // it may be another device's session no longer, or the same device with fewer rights
    }
    s.keep(StoreOp.CONNECTED);
    s.keepWill(StoreOp.CONNECTED);
    if (!r.client().isOpen()) {
      disconnected(s, r.client(), true);
      return;
    }
    r.client().attached(s, present);
  }

  /// Ends the connection of a session, if it has one, as the server.
  private void letGo(Session s, SessionEnd why) {
    Outlet o = s.detach();
    if (o != null) {
      loop.counters().increment(Counter.DISCONNECTS);
      if (why == SessionEnd.TAKEN_OVER) {
        loop.counters().increment(Counter.TAKEOVERS);
      }
      o.end(why);
      // The new connection resumes the session within the will's delay, so only one without a delay is due.
      if (s.will != null && s.will.delaySeconds() == 0) {
        fireWill(s);
      }
    }
  }

  /// The connection of the session is gone.
  ///
  /// @param withWill false after a normal DISCONNECT, which takes the will back
  public void disconnected(Session s, Outlet o, boolean withWill) {
    if (s.loop != loop || !s.isAttachedTo(o)) {
      return; // taken over before
    }
    s.detach();
    loop.counters().increment(Counter.DISCONNECTS);
    if (!withWill) {
      s.will = null;
    }
    rest(s);
  }

  /// Sets the clock for a session that is without a connection.
  private void rest(Session s) {
    long seconds = expirySeconds(s);
    if (seconds == 0) {
      end(s);
      return;
    }
    if (s.will != null && s.will.delaySeconds() == 0) {
      fireWill(s);
    }
    Will w = s.will;
    long delay = w == null ? 0 : Math.min(w.delaySeconds(), seconds);
    s.keep(loop.wallMillis());
    s.keepWill(loop.wallMillis() + delay * 1_000);
    awaitEnd(s, w == null ? Long.MAX_VALUE : loop.nowNanos() + delay * 1_000_000_000L,
        loop.nowNanos() + seconds * 1_000_000_000L);
  }

  /// How long the session outlives its connection, as far as the limits allow.
  long expirySeconds(Session s) {
    return Math.min(s.expirySeconds(), loop.limits().sessionExpiryMax().toSeconds());
  }

  /// @param willDueNanos when its will is due; `Long.MAX_VALUE` for none
  void awaitEnd(Session s, long willDueNanos, long endNanos) {
    SessionTimer timer = new SessionTimer(s, willDueNanos, true, endNanos);
    s.timer = timer;
    loop.timers().set(timer, Math.min(willDueNanos, endNanos));
  }

  void fireWill(Session s) {
    Will w = s.will;
    s.will = null;
    if (w == null) {
      return;
    }
    s.keepWill(StoreOp.CONNECTED);
    Message m = w.message();
    long expires = w.expirySeconds() < 0 ? Message.NEVER : loop.wallMillis() + w.expirySeconds() * 1_000;
    loop.router().publishWill(s,
        new Message(m.topic(), m.payload(), m.qos(), m.retain(), m.properties(), expires, s.clientId()));
  }

  /// Ends a session for good: its subscriptions, its will, what waited for it.
  void end(Session s) {
    SessionTimer.stop(s, loop.timers());
    if (s.will != null) {
      fireWill(s); // "or the session ends", whichever comes first (MQTT-3.1.3-9)
    }
    List<Subscription> gone = new ArrayList<>(s.subscriptions());
    if (!gone.isEmpty()) {
      loop.broker().changeTree(tree -> {
        TopicTree t = tree;
        for (Subscription sub : gone) {
          t = t.without(sub.filter(), s);
        }
        return t;
      });
    }
    List<Delivery> unsent = new ArrayList<>();
    s.forEachUnsentShared(unsent::add);
    s.markEnded();
    loop.broker().unregister(s);
    if (s.isDurable()) {
      loop.batch().add(new StoreOp.RemoveSession(s.number()));
    }
    unsent.forEach(d -> loop.router().handOn(d, s));
    s.loop = null;
  }

  void endFaulty(Session s) {
    Outlet o = s.detach();
    if (o != null) {
      loop.counters().increment(Counter.DISCONNECTS);
      o.end(SessionEnd.ADMINISTRATIVE);
    }
    end(s);
  }

  /// Ends the connections of sessions this loop holds.
  ///
  /// @param forget whether the sessions end too, with their wills unsent: their device is no longer trusted
  /// @return how many connections ended
  public int disconnect(Predicate<Session> which, SessionEnd why, boolean forget) {
    List<Session> found = new ArrayList<>();
    for (Session s : loop.broker().allSessions()) {
      if (s.loop == loop && !moving.containsKey(s) && which.test(s)) {
        found.add(s);
      }
    }
    int ended = 0;
    for (Session s : found) {
      ended += disconnect(s, why, forget) ? 1 : 0;
    }
    return ended;
  }

  /// @return whether it had a connection
  boolean disconnect(Session s, SessionEnd why, boolean forget) {
    Outlet o = s.detach();
    if (o != null) {
      loop.counters().increment(Counter.DISCONNECTS);
      o.end(why);
    }
    if (forget) {
      s.will = null;
      end(s);
    } else if (o != null) {
      rest(s);
    }
    return o != null;
  }

  /// The store works again after it failed.
  void storeReopened() {
    forEach(Session::storeReopened);
  }

  /// Whether it is not on its way to another loop.
  boolean isSettled(Session s) {
    return !moving.containsKey(s);
  }

  /// Visits the sessions this loop holds.
  public void forEach(Consumer<Session> visitor) {
    for (Session s : loop.broker().allSessions()) {
      if (s.loop == loop) {
        visitor.accept(s);
      }
    }
  }

  // --- without connections ------------------------------------------------------------------------------------------

  /// A session that no CONNECT can find or take over, for a protocol whose requests stand alone: to publish with.
  public Session unlisted(ClientId id, Principal who) {
    return Session.passing(id, loop, who);
  }

  /// The same for one that receives.
  ///
  /// @param receiveMaximum how many QoS 1 and 2 messages the outlet takes at a time
  public Session unlisted(ClientId id, Principal who, Outlet o, int receiveMaximum) {
    Session s = Session.passing(id, loop, who);
    s.attach(o, receiveMaximum);
    return s;
  }

  /// Ends such a session; what waits for it is dropped.
  public void endUnlisted(Session s) {
    if (s.loop == loop) {
      s.detach();
      end(s);
    }
  }

  // --- subscriptions ------------------------------------------------------------------------------------------------

  /// Takes the subscriptions that the rules and limits allow.
  ///
  /// @param answer told what became of each, once the store has kept those of a durable session; retained messages
  /// follow the answer
  public void subscribe(Session s, List<SubscribeRequest> requests, Consumer<List<SubscribeResult>> answer) {
    List<SubscribeResult> results = new ArrayList<>(requests.size());
    List<Subscription> made = new ArrayList<>(requests.size());
    List<Optional<Subscription>> replaced = new ArrayList<>(requests.size());
    List<Subscription> replayed = new ArrayList<>();
    for (SubscribeRequest r : requests) {
      SubscribeResult result = judge(s, r);
      results.add(result);
      if (!result.isGranted()) {
        continue;
      }
      Optional<Subscription> before = Optional.ofNullable(s.subscription(r.filter()));
      Subscription sub =
          new Subscription(s, r.filter(), r.qos(), r.noLocal(), r.retainAsPublished(), r.id());
      s.put(sub);
      made.add(sub);
      replaced.add(before);
      boolean wanted = switch (r.retainHandling()) {
        case SEND -> true;
        case SEND_IF_NEW -> before.isEmpty();
        case DO_NOT_SEND -> false;
      };
      if (wanted && !r.filter().isShared()) {
        replayed.add(sub);
      }
      if (s.isDurable()) {
        loop.batch().add(new StoreOp.PutSubscription(
            s.number(), r.filter(), r.qos(), r.noLocal(), r.retainAsPublished(), r.id()));
      }
    }
    plant(made);
    Map<Subscription, RetainedTree.Replay> replays = new LinkedHashMap<>();
    replayed.forEach(sub -> replays.put(sub, loop.broker().retained().replay(sub.filter().filter())));
    Consumer<StoreBatch.Outcome> finish = outcome -> {
      if (!outcome.isKept()) {
        results.replaceAll(r -> !r.isGranted() ? r
            : outcome.isFull() ? SubscribeResult.QUOTA_EXCEEDED : SubscribeResult.STORE_FAILED);
        takeBack(s, made, replaced);
      }
      answer.accept(results);
      if (outcome.isKept() && s.loop == loop) {
        replays.forEach(s::replay);
        s.roomAgain();
      }
    };
    if (s.isDurable() && !made.isEmpty()) {
      loop.whenKept(finish);
    } else {
      finish.accept(StoreBatch.Outcome.KEPT);
    }
  }

  private void plant(List<Subscription> subscriptions) {
    if (!subscriptions.isEmpty()) {
      loop.broker().changeTree(tree -> {
        TopicTree t = tree;
        for (Subscription sub : subscriptions) {
          t = t.with(sub);
        }
        return t;
      });
    }
  }

  /// What the store could not keep is not in force either, unless the client has asked for something else since.
  private void takeBack(Session s, List<Subscription> made, List<Optional<Subscription>> replaced) {
    if (s.loop != loop) {
      return;
    }
    for (int i = made.size() - 1; i >= 0; i--) {
      Subscription sub = made.get(i);
      if (s.subscription(sub.filter()) != sub) {
        continue;
      }
      if (replaced.get(i).isPresent()) {
        s.put(replaced.get(i).get());
        plant(List.of(replaced.get(i).get()));
      } else {
        s.remove(sub.filter());
        loop.broker().changeTree(tree -> tree.without(sub.filter(), s));
      }
    }
  }

  private SubscribeResult judge(Session s, SubscribeRequest r) {
    if (s.subscription(r.filter()) == null
        && s.subscriptionCount() >= loop.limits().subscriptionsPerSessionMax()) {
      loop.counters().increment(Counter.LIMIT_SUBSCRIPTIONS);
      return SubscribeResult.QUOTA_EXCEEDED;
    }
    Decider.Decision decision =
        loop.broker().decider().subscribe(s.principal(), s.clientId(), r.filter().filter(), r.qos());
    if (decision instanceof Decider.Decision.Allow) {
      return SubscribeResult.granted(r.qos());
    }
    String rule = decision instanceof Decider.Decision.Deny(String by) ? by : "a subscription is allowed or denied";
    loop.counters().increment(Counter.SUBSCRIBE_DENIED);
    loop.broker().watcher().denied(s.clientId(), s.principal(), "subscribe", r.filter().toString(), rule);
    return SubscribeResult.NOT_AUTHORIZED;
  }

  /// Drops subscriptions.
  ///
  /// @param answer told for each filter whether there was one, once the store has dropped those of a durable session
  public void unsubscribe(Session s, List<SubscriptionFilter> filters, Consumer<List<Boolean>> answer) {
    List<Boolean> existed = new ArrayList<>(filters.size());
    for (SubscriptionFilter f : filters) {
      boolean known = s.remove(f) != null;
      existed.add(known);
      if (known && s.isDurable()) {
        loop.batch().add(new StoreOp.RemoveSubscription(s.number(), f));
      }
    }
    loop.broker().changeTree(tree -> {
      TopicTree t = tree;
      for (SubscriptionFilter f : filters) {
        t = t.without(f, s);
      }
      return t;
    });
    if (s.isDurable() && existed.contains(true)) {
      loop.whenKept(_ -> answer.accept(existed));
    } else {
      answer.accept(existed);
    }
  }
}
