package io.trivet.broker;

import io.trivet.broker.Delivery.Stage;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's session (MQTT 5.0, section 4.1): its subscriptions, what is on its way to it and what it has half sent.
///
/// Owned by one loop at a time, which alone calls its methods and touches its plain fields; `home`, `online` and
/// `lagging` are what other loops may read. [Sessions] moves it between loops.
///
/// A message to deliver goes straight to the outlet while there is room, so that the common case builds nothing. QoS 1
/// and 2 wait in the queue while the window (the client's Receive Maximum) or the outlet is full; QoS 0 is dropped when
/// the outlet is further behind than `limits.output-bytes-max`.
public final class Session {
  /// Above this QoS 1 and 2 stay in the queue, as messages that may still expire, rather than become bytes.
  private static final int OUTPUT_HIGH_BYTES = 256 << 10;

  private final ClientId clientId;
  private final boolean durable;
  private volatile int home;
  private volatile boolean online;
  private volatile boolean lagging;
  private volatile boolean ended;

  @Nullable BrokerLoop loop;
  private Principal principal;
  private @Nullable Outlet outlet;
  private long expirySeconds;
  private int capacity = 1;
  @Nullable Will will;
  Principal willPrincipal = Principal.ANONYMOUS;
  @Nullable SessionTimer timer;

  private Map<String, Subscription> subscriptions = Map.of();
  private @Nullable SendWindow window;
  private @Nullable ArrayDeque<Delivery> queue;
  private long queueBytes;
  private @Nullable PacketIdSet received;
  private @Nullable ArrayDeque<Replaying> replays;

  /// What an earlier connection left in flight and this one has not been sent yet; then how much of it is unanswered.
  private @Nullable ArrayDeque<Delivery> resending;
  private int resent;

  private @Nullable TopicName judgedTopic;
  private long judgedGeneration;

  private @Nullable TopicName publishTopic;
  private long publishGeneration;

  private record Replaying(RetainedTree.Replay replay, Target target) {}

  Session(ClientId clientId, boolean durable, BrokerLoop loop, Principal principal) {
    this.clientId = clientId;
    this.durable = durable;
    this.loop = loop;
    this.home = loop.index();
    this.principal = principal;
  }

  public ClientId clientId() {
    return clientId;
  }

  public Principal principal() {
    return principal;
  }

  /// Whether it outlives its connection, so that QoS 1 and 2 for it are stored before they are acknowledged.
  public boolean isDurable() {
    return durable;
  }

  int home() {
    return home;
  }

  void moveTo(int newHome) {
    home = newHome;
  }

  public boolean isOnline() {
    return online;
  }

  boolean isEnded() {
    return ended;
  }

  void markEnded() {
    ended = true;
    queued(-queueBytes);
  }

  boolean isLagging() {
    return lagging;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  /// How many messages wait or are in flight.
  public int backlog() {
    return (queue == null ? 0 : queue.size()) + (window == null ? 0 : window.size());
  }

  public long queueBytes() {
    return queueBytes;
  }

  public Collection<Subscription> subscriptions() {
    return Collections.unmodifiableCollection(subscriptions.values());
  }

  private BrokerLoop loop() {
    BrokerLoop l = loop;
    if (l == null) {
      throw new AssertionError("session " + clientId + " is between loops");
    }
    return l;
  }

  // --- connection ---------------------------------------------------------------------------------------------------

  /// The client takes the session; what was in flight is sent again in its order (MQTT-4.4.0-1), then what waited.
  void attach(ConnectRequest r) {
    principal = r.principal();
    expirySeconds = r.expirySeconds();
    capacity = Math.min(r.receiveMaximum(), loop().limits().inflightMax());
    will = r.will().orElse(null);
    willPrincipal = r.principal();
    outlet = r.client();
    judgedTopic = null;
    publishTopic = null;
    online = true;
  }

  /// Sends what an earlier connection left open, in its order, as far as the client's window takes it, then what
  /// waited; called once the client has its CONNACK.
  public void resume() {
    resending = window == null || window.size() == 0 ? null : new ArrayDeque<>(window.inOrder());
    resent = 0;
    pump();
  }

  /// One of those left open.
  ///
  /// @return false when none is left, or none may be sent before another is acknowledged
  private boolean resendNext(Outlet o) {
    ArrayDeque<Delivery> r = resending;
    SendWindow w = window;
    if (r == null || w == null) {
      return false;
    }
    Delivery d = r.peek();
    if (d == null) {
      resending = null;
      return false;
    }
    if (resent >= capacity || o.unsentBytes() >= OUTPUT_HIGH_BYTES) {
      return false;
    }
    r.poll();
    resent++;
    if (d.stage == Stage.AWAIT_PUBCOMP) {
      o.pubRel(d.packetId);
    } else if (!mayReceive(d.message)
        || !o.publish(d.message, d.qos, true, d.retain, d.packetId, d.target.ids)) {
      resent--;
      finish(w, d);
    }
    return true;
  }

  @Nullable Outlet detach() {
    Outlet o = outlet;
    outlet = null;
    online = false;
    replays = null;
    resending = null;
    resent = 0;
    return o;
  }

  boolean isAttachedTo(Outlet o) {
    return outlet == o;
  }

  /// DISCONNECT may shorten or lengthen what CONNECT asked for (MQTT 5.0, section 3.14.2.2.2).
  public void expirySeconds(long seconds) {
    expirySeconds = seconds;
    if (durable) {
      loop().batch().add(new StoreOp.PutSession(clientId, principal.device(), seconds));
    }
  }

  /// The client proved itself anew in the same connection (MQTT 5.0, section 4.12.1).
  public void reauthenticated(Principal who) {
    principal = who;
    willPrincipal = who;
    judgedTopic = null;
    publishTopic = null;
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  void deliver(Message m, Target to, long position) {
    Target t = to;
    if (t.anyNoLocal && m.publisher().equals(clientId)) {
      t = t.forOwnMessage();
      if (t == null) {
        forget(position);
        return;
      }
    }
    deliver(m, t, t.retainAsPublished && m.retain(), position);
  }

  private void deliver(Message m, Target t, boolean retain, long position) {
    QoS qos = m.qos().min(t.qos);
    Outlet o = outlet;
    if (qos == QoS.AT_MOST_ONCE) {
      if (o == null) {
        return;
      }
      if (o.unsentBytes() > loop().limits().outputBytesMax()) {
        loop().counters().increment(Counter.DROPPED_SLOW);
      } else {
        Message allowed = judged(m);
        if (allowed != null) {
          count(o.publish(allowed, qos, false, retain, 0, t.ids));
        }
      }
      return;
    }
    Delivery d = new Delivery(m, qos, retain, t, position);
    if (o != null && resending == null && (queue == null || queue.isEmpty()) && hasRoom(o)) {
      send(o, d);
    } else {
      enqueue(d);
    }
  }

  private boolean hasRoom(Outlet o) {
    return (window == null ? 0 : window.size()) < capacity && o.unsentBytes() < OUTPUT_HIGH_BYTES;
  }

  private void count(boolean sent) {
    loop().counters().increment(sent ? Counter.MESSAGES_SENT : Counter.DROPPED_TOO_LARGE);
  }

  private boolean mayReceive(Message m) {
    return judged(m) != null;
  }

  /// The message as the session may see it, or null. One comparison where the last message had the same topic.
  private @Nullable Message judged(Message m) {
    Decider decider = loop().broker().decider();
    long generation = decider.generation();
    if (judgedTopic == m.topic() && judgedGeneration == generation) {
      return m;
    }
    return switch (decider.deliver(principal, clientId, m)) {
      case Decider.Decision.Allow(boolean holds) -> {
        judgedTopic = holds ? m.topic() : null;
        judgedGeneration = generation;
        yield m;
      }
      case Decider.Decision.Modify(Message changed) -> changed;
      case Decider.Decision.Deny(String rule) -> {
        loop().counters().increment(Counter.DELIVERY_DENIED);
        loop().broker().watcher().denied(clientId, principal, "deliver", m.topic().toString(), rule);
        yield null;
      }
      // A delivery has nobody to keep waiting for it; until a policy engine that can delay one exists, this is a deny.
      case Decider.Decision.Delay _ -> null;
    };
  }

  private void send(Outlet o, Delivery d) {
    Message allowed = judged(d.message);
    if (allowed == null) {
      forget(d.position);
      return;
    }
    SendWindow w = window;
    if (w == null) {
      w = new SendWindow();
      window = w;
    }
    w.add(d, capacity);
    d.stage = d.qos == QoS.AT_LEAST_ONCE ? Stage.AWAIT_PUBACK : Stage.AWAIT_PUBREC;
    if (d.position != Delivery.NOT_STORED) {
      loop().batch().add(new StoreOp.InFlight(clientId, d.position, d.packetId, false));
    }
    boolean sent = o.publish(allowed, d.qos, false, d.retain, d.packetId, d.target.ids);
    count(sent);
    if (!sent) {
      finish(w, d);
    }
  }

  private void enqueue(Delivery d) {
    if (outlet == null && !durable) {
      return; // the session ends with its connection, and that has ended
    }
    ArrayDeque<Delivery> q = queue;
    if (q == null) {
      q = new ArrayDeque<>();
      queue = q;
    }
    Limits limits = loop().limits();
    int weight = d.message.weight();
    while (q.size() >= limits.queueMessagesMax() || queueBytes + weight > limits.queueBytesMax()
        || loop().broker().queuedBytes() + weight > limits.queueBytesTotalMax()) {
      loop().counters().increment(Counter.DROPPED_QUEUE_FULL);
      Delivery oldest = limits.whenFull() == Limits.WhenFull.DROP_OLDEST ? q.poll() : null;
      if (oldest == null) {
        forget(d.position);
        return;
      }
      queued(-oldest.message.weight());
      forget(oldest.position);
    }
    q.add(d);
    queued(weight);
    lagging = q.size() * 2 >= limits.queueMessagesMax();
  }

  private void queued(long bytes) {
    queueBytes += bytes;
    loop().broker().queued(bytes);
  }

  /// What a session no longer needs, the store need not keep.
  private void forget(long position) {
    if (position != Delivery.NOT_STORED) {
      loop().batch().add(new StoreOp.Remove(clientId, position));
    }
  }

  private void finish(SendWindow w, Delivery d) {
    w.remove(d);
    forget(d.position);
  }

  private void answered(SendWindow w, Delivery d) {
    if (resending != null) {
      // An answer from before the reconnect may come for one that was not sent again yet.
      if (resending.remove(d)) {
        resent++;
      }
      resent--;
    }
    finish(w, d);
  }

  /// The outlet that was full has taken what it held.
  public void roomAgain() {
    pump();
  }

  private void pump() {
    Outlet o = outlet;
    while (o != null && o == outlet && resendNext(o)) {
      // all of it before anything new
    }
    while (o != null && o == outlet && resending == null && hasRoom(o)) {
      if (!replayNext(o) && !sendNext(o)) {
        return;
      }
    }
  }

  private boolean sendNext(Outlet o) {
    Delivery d = queue == null ? null : queue.poll();
    if (d == null) {
      return false;
    }
    queued(-d.message.weight());
    if (lagging && queue != null && queue.size() * 4 < loop().limits().queueMessagesMax()) {
      lagging = false;
    }
    if (d.message.isExpired(loop().wallMillis())) {
      loop().counters().increment(Counter.DROPPED_EXPIRED);
      forget(d.position);
    } else {
      send(o, d);
    }
    return true;
  }

  private boolean replayNext(Outlet o) {
    Replaying r = replays == null ? null : replays.peek();
    if (r == null) {
      return false;
    }
    Message m = r.replay.next();
    if (m == null) {
      if (replays != null) {
        replays.poll();
      }
    } else if (m.isExpired(loop().wallMillis())) {
      loop().broker().retained().clear(m.topic());
    } else if (!(r.target.anyNoLocal && m.publisher().equals(clientId))) {
      QoS qos = m.qos().min(r.target.qos);
      if (qos == QoS.AT_MOST_ONCE) {
        Message allowed = judged(m);
        if (allowed != null) {
          count(o.publish(allowed, qos, false, true, 0, r.target.ids));
        }
      } else {
        send(o, new Delivery(m, qos, true, r.target, Delivery.NOT_STORED));
      }
    }
    return true;
  }

  /// @param replay taken when the subscription was made, since what was set later reaches it live
  void replay(Subscription s, RetainedTree.Replay replay) {
    ArrayDeque<Replaying> r = replays;
    if (r == null) {
      r = new ArrayDeque<>(2);
      replays = r;
    }
    r.add(new Replaying(replay, new Target(s)));
  }

  /// PUBACK came.
  ///
  /// @return false where no QoS 1 message of that id is in flight
  public boolean acknowledged(int packetId) {
    return done(packetId, Stage.AWAIT_PUBACK);
  }

  /// PUBCOMP came.
  ///
  /// @return false where no released QoS 2 message of that id is in flight
  public boolean completed(int packetId) {
    return done(packetId, Stage.AWAIT_PUBCOMP);
  }

  private boolean done(int packetId, Stage expected) {
    SendWindow w = window;
    Delivery d = w == null ? null : w.get(packetId);
    if (w == null || d == null || d.stage != expected) {
      return false;
    }
    answered(w, d);
    pump();
    return true;
  }

  /// PUBREC came: PUBREL goes out, once the store knows, or nothing more where the receiver refused the message.
  ///
  /// @return false where no QoS 2 message of that id is in flight
  public boolean receivedByPeer(int packetId, boolean taken) {
    SendWindow w = window;
    Delivery d = w == null ? null : w.get(packetId);
    if (w == null || d == null || d.qos != QoS.EXACTLY_ONCE) {
      return false;
    }
    if (!taken) {
      answered(w, d);
      pump();
      return true;
    }
    boolean first = d.stage != Stage.AWAIT_PUBCOMP;
    d.stage = Stage.AWAIT_PUBCOMP;
    Outlet o = outlet;
    if (o == null) {
      return true;
    }
    if (first && d.position != Delivery.NOT_STORED) {
      loop().batch().add(new StoreOp.InFlight(clientId, d.position, packetId, true));
      loop().whenKept(
          kept -> {
            if (kept && outlet == o) {
              o.pubRel(packetId);
            }
          });
    } else {
      o.pubRel(packetId);
    }
    return true;
  }

  // --- inward -------------------------------------------------------------------------------------------------------

  /// Whether the last decision on this topic still holds: one comparison for a publisher that keeps to a topic.
  boolean mayPublish(Message m, long generation) {
    return publishTopic == m.topic() && publishGeneration == generation && !m.retain();
  }

  void rememberMayPublish(Message m, long generation) {
    if (!m.retain()) {
      publishTopic = m.topic();
      publishGeneration = generation;
    }
  }

  // --- inward QoS 2 -------------------------------------------------------------------------------------------------

  /// A QoS 2 PUBLISH came.
  ///
  /// @return false where it is one the session has already (MQTT-4.3.3-10): answer, but publish nothing
  public boolean received(int packetId) {
    PacketIdSet r = received;
    if (r == null) {
      r = new PacketIdSet();
      received = r;
    }
    boolean fresh = r.add(packetId);
    if (fresh && durable) {
      loop().batch().add(new StoreOp.PutReceived(clientId, packetId));
    }
    return fresh;
  }

  public boolean hasReceived(int packetId) {
    return received != null && received.contains(packetId);
  }

  /// PUBREL came, or the message was refused: the id is free again.
  ///
  /// @param done told once the store knows, so that PUBCOMP goes out after it; whether the id was known
  public void release(int packetId, Consumer<Boolean> done) {
    boolean known = forgetReceived(packetId);
    if (known && durable) {
      loop().whenKept(kept -> {
        if (kept) {
          done.accept(true);
        }
      });
    } else {
      done.accept(known);
    }
  }

  /// The message of that id was refused, so the id is free again.
  public boolean forgetReceived(int packetId) {
    boolean known = received != null && received.remove(packetId);
    if (known && durable) {
      loop().batch().add(new StoreOp.RemoveReceived(clientId, packetId));
    }
    return known;
  }

  public int receivedCount() {
    return received == null ? 0 : received.size();
  }

  // --- subscriptions ------------------------------------------------------------------------------------------------

  @Nullable Subscription subscription(SubscriptionFilter filter) {
    return subscriptions.get(filter.toString());
  }

  void put(Subscription s) {
    if (subscriptions.isEmpty()) {
      subscriptions = new LinkedHashMap<>(4);
    }
    subscriptions.put(s.filter().toString(), s);
  }

  @Nullable Subscription remove(SubscriptionFilter filter) {
    return subscriptions.isEmpty() ? null : subscriptions.remove(filter.toString());
  }

  int subscriptionCount() {
    return subscriptions.size();
  }

  /// Messages of shared subscriptions that this session will not deliver any more: QoS 1 may go to another member, QoS 2
  /// in flight may not (MQTT-4.8.2-5).
  void forEachUnsentShared(Consumer<Delivery> visitor) {
    if (window != null) {
      for (Delivery d : window.inOrder()) {
        if (d.target.isShared() && d.qos == QoS.AT_LEAST_ONCE) {
          visitor.accept(d);
        }
      }
    }
    if (queue != null) {
      queue.stream().filter(d -> d.target.isShared()).forEach(visitor);
    }
  }

  @Override
  public String toString() {
    return "session " + clientId;
  }
}
