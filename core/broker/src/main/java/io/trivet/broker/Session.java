package io.trivet.broker;

import io.trivet.broker.Delivery.Stage;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's session (MQTT 5.0, section 4.1): its subscriptions, what is on its way to it and what it has half sent.
///
/// Owned by one loop at a time, which alone calls its methods and touches its plain fields; `home`, `online` and
/// `lagging` are what other loops may read. [Sessions] moves it between loops.
///
/// QoS 0 goes straight to the outlet, or is dropped where that is further behind than `limits.output-bytes-max`. QoS 1 and
/// 2 wait while the window (the client's Receive Maximum) or the outlet is full: in a queue in memory where the session
/// ends with its connection, otherwise in its [Inbox], which the store keeps.
public final class Session {
  /// Above this QoS 1 and 2 stay in the queue, as messages that may still expire, rather than become bytes.
  private static final int OUTPUT_HIGH_BYTES = 256 << 10;

  /// The number of a session that the store knows nothing of.
  static final long NO_NUMBER = -1;

  /// Retained messages on their way through the store at a time, for one session.
  private static final int REPLAYS_STORING_MAX = 64;

  private static final long READ_AGAIN_NANOS = 1_000_000_000L;

  private final ClientId clientId;
  private final long number;
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
  private boolean willStored;

  private Map<String, Subscription> subscriptions = Map.of();
  private @Nullable SendWindow window;
  private @Nullable ArrayDeque<Delivery> queue;
  private long queueBytes;
  private @Nullable PacketIdSet received;
  private @Nullable ArrayDeque<Replaying> replays;
  private int replaysStoring;
  private final @Nullable Inbox inbox;
  private Timers.@Nullable Timer readAgain;

  private @Nullable TopicName judgedTopic;
  private long judgedGeneration;

  private @Nullable TopicName publishTopic;
  private long publishGeneration;

  private record Replaying(RetainedTree.Replay replay, Target target) {}

  private Session(ClientId clientId, long number, @Nullable Inbox inbox, BrokerLoop loop, Principal principal) {
    this.clientId = clientId;
    this.number = number;
    this.inbox = inbox;
    this.loop = loop;
    this.home = loop.index();
    this.principal = principal;
  }

  /// One that ends with its connection.
  static Session passing(ClientId clientId, BrokerLoop loop, Principal principal) {
    return new Session(clientId, NO_NUMBER, null, loop, principal);
  }

  /// One that outlives its connection.
  static Session durable(ClientId clientId, long number, BrokerLoop loop, Principal principal) {
    return new Session(clientId, number, new Inbox(false), loop, principal);
  }

  /// One that the store has kept, without a connection.
  static Session recovered(StoreOp.PutSession kept, BrokerLoop loop) {
    Principal who = new Principal(kept.device(), Map.of(), Set.of(), 0);
    Session s = new Session(kept.clientId(), kept.session(), new Inbox(true), loop, who);
    s.expirySeconds = kept.expirySeconds();
    s.willPrincipal = who;
    return s;
  }

  public ClientId clientId() {
    return clientId;
  }

  public Principal principal() {
    return principal;
  }

  /// Whether it outlives its connection, so that QoS 1 and 2 for it are stored before they are acknowledged.
  public boolean isDurable() {
    return inbox != null;
  }

  /// What the store calls it.
  public long number() {
    return number;
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
    queue = null;
    held(() -> {
      if (inbox != null) {
        inbox.rewind(-1);
      }
    });
  }

  boolean isLagging() {
    return lagging;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  /// How many messages wait in memory or are in flight; more may wait in the store.
  public int backlog() {
    return (queue == null ? 0 : queue.size()) + (window == null ? 0 : window.size())
        + (inbox == null ? 0 : inbox.size());
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

  /// The client takes the session.
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

  /// Sends again what an earlier connection left open, in its order and with its packet ids (MQTT-4.4.0-1), then what
  /// waited; called once the client has its CONNACK.
  public void resume() {
    pump();
  }

  @Nullable Outlet detach() {
    Outlet o = outlet;
    outlet = null;
    online = false;
    replays = null;
    Timers.Timer t = readAgain;
    if (t != null && loop != null) {
      loop.timers().cancel(t);
    }
    Inbox in = inbox;
    if (in != null) {
      long oldest = window == null ? -1 : window.oldest();
      window = null;
      held(() -> in.rewind(oldest));
      lagging = false;
    }
    return o;
  }

  boolean isAttachedTo(Outlet o) {
    return outlet == o;
  }

  /// DISCONNECT may shorten or lengthen what CONNECT asked for (MQTT 5.0, section 3.14.2.2.2).
  public void expirySeconds(long seconds) {
    expirySeconds = seconds; // the store learns it with the end of the connection, which follows
  }

  /// The store is to know the session as it is now.
  ///
  /// @param restingSinceMillis as in [StoreOp.PutSession]
  void keep(long restingSinceMillis) {
    if (isDurable()) {
      loop().batch().add(
          new StoreOp.PutSession(number, clientId, principal.device(), expirySeconds, restingSinceMillis));
    }
  }

  /// The store is to know the will as it is now, or that there is none.
  void keepWill(long dueWallMillis) {
    Will w = will;
    if (w != null && isDurable()) {
      loop().batch().add(new StoreOp.PutWill(number, w, dueWallMillis));
      willStored = true;
    } else if (willStored) {
      loop().batch().add(new StoreOp.RemoveWill(number));
      willStored = false;
    }
  }

  /// The store had this will when the server started.
  void recoverWill(Will w) {
    will = w;
    willStored = true;
  }

  /// The client proved itself anew in the same connection (MQTT 5.0, section 4.12.1).
  public void reauthenticated(Principal who) {
    principal = who;
    willPrincipal = who;
    judgedTopic = null;
    publishTopic = null;
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  /// @param seq its number in the inbox; [Delivery#NOT_STORED] for QoS 0 and where the session ends with its connection
  void deliver(Message m, Target to, long seq) {
    Target t = to;
    if (t.anyNoLocal && m.publisher().equals(clientId)) {
      t = t.forOwnMessage();
      if (t == null) {
        return;
      }
    }
    boolean retain = t.retainAsPublished && m.retain();
    QoS qos = m.qos().min(t.qos);
    if (qos == QoS.AT_MOST_ONCE) {
      deliverAtMostOnce(m, retain, t.ids);
      return;
    }
    Delivery d = new Delivery(m, qos, retain, t.ids, t.share(), seq);
    Outlet o = outlet;
    Inbox in = inbox;
    if (in != null) {
      arrived(in, d);
    } else if (o != null && (queue == null || queue.isEmpty()) && hasRoom(o)) {
      send(o, d, false);
    } else {
      enqueue(d);
    }
  }

  private void deliverAtMostOnce(Message m, boolean retain, int[] ids) {
    Outlet o = outlet;
    if (o == null) {
      return;
    }
    if (o.unsentBytes() > loop().limits().outputBytesMax()) {
      loop().counters().increment(Counter.DROPPED_SLOW);
      return;
    }
    Message allowed = judged(m);
    if (allowed != null) {
      count(o.publish(allowed, QoS.AT_MOST_ONCE, false, retain, 0, ids));
    }
  }

  private void arrived(Inbox in, Delivery d) {
    if (d.seq < 0) {
      throw new AssertionError("a message for " + clientId + " that is not stored");
    }
    Outlet o = outlet;
    if (o != null && in.isNext(d.seq) && hasRoom(o) && window().get(SendWindow.packetId(d.seq)) == null) {
      in.passed(d.seq);
      send(o, d, in.wasSent(d.seq));
      return;
    }
    Broker broker = loop().broker();
    long before = in.weight();
    in.arrived(d, o != null, broker.queuedBytes() + d.message.weight() <= loop().limits().queueBytesTotalMax());
    broker.queued(in.weight() - before);
    lagging = o != null && in.isBehind();
    pump();
  }

  /// Changes the inbox and tells the broker how much more, or less, it holds in memory.
  private void held(Runnable change) {
    Inbox in = inbox;
    if (in != null) {
      long before = in.weight();
      change.run();
      loop().broker().queued(in.weight() - before);
    }
  }

  private boolean hasRoom(Outlet o) {
    return (window == null ? 0 : window.size()) < capacity && o.unsentBytes() < OUTPUT_HIGH_BYTES;
  }

  private void count(boolean sent) {
    loop().counters().increment(sent ? Counter.MESSAGES_SENT : Counter.DROPPED_TOO_LARGE);
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

  /// @param dup whether it may have been sent before
  private void send(Outlet o, Delivery d, boolean dup) {
    Message allowed = judged(d.message);
    if (allowed == null) {
      forget(d);
      return;
    }
    SendWindow w = window();
    if (d.seq == Delivery.NOT_STORED) {
      w.add(d, capacity);
    } else {
      w.addAs(d, SendWindow.packetId(d.seq));
    }
    d.stage = d.qos == QoS.AT_LEAST_ONCE ? Stage.AWAIT_PUBACK : Stage.AWAIT_PUBREC;
    boolean sent = o.publish(allowed, d.qos, dup, d.retain, d.packetId, d.ids);
    count(sent);
    if (!sent) {
      finish(w, d);
    }
  }

  private SendWindow window() {
    SendWindow w = window;
    if (w == null) {
      w = new SendWindow();
      window = w;
    }
    return w;
  }

  /// Of a session that ends with its connection.
  private void enqueue(Delivery d) {
    if (outlet == null) {
      return; // that has ended
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
      // To refuse is for what a store keeps: a session without one has no say in what its publishers are told.
      Delivery oldest = limits.whenFull() == Limits.WhenFull.DROP_OLDEST ? q.poll() : null;
      if (oldest == null) {
        return;
      }
      queued(-oldest.message.weight());
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
  private void forget(Delivery d) {
    if (d.seq != Delivery.NOT_STORED) {
      loop().batch().add(new StoreOp.Remove(number, d.seq));
    }
  }

  private void finish(SendWindow w, Delivery d) {
    w.remove(d);
    forget(d);
  }

  /// The outlet that was full has taken what it held.
  public void roomAgain() {
    pump();
  }

  private void pump() {
    Outlet o = outlet;
    while (o != null && o == outlet && hasRoom(o)) {
      if (!replayNext(o) && !(inbox == null ? sendNext(o) : sendNext(o, inbox))) {
        break;
      }
    }
    if (o != null && o == outlet && inbox != null) {
      lagging = inbox.isBehind();
      if (hasRoom(o) && inbox.wantsRead()) {
        read(inbox);
      }
    }
  }

  /// @return false where nothing can be sent now
  private boolean sendNext(Outlet o, Inbox in) {
    Delivery d = in.peek();
    int id = d == null ? 0 : SendWindow.packetId(d.seq);
    if (d == null || window().get(id) != null) {
      return false;
    }
    in.poll();
    loop().broker().queued(-d.message.weight());
    if (d.stage == Stage.AWAIT_PUBCOMP) {
      window().addAs(d, id);
      o.pubRel(id);
    } else if (d.message.isExpired(loop().wallMillis()) && !in.hasBegun(d)) {
      loop().counters().increment(Counter.DROPPED_EXPIRED);
      forget(d);
    } else {
      send(o, d, in.wasSent(d.seq));
    }
    return true;
  }

  private void read(Inbox in) {
    BrokerLoop l = loop();
    int read = in.beginRead();
    l.batch().read(new StoreBatch.Read(number, in.readFrom(), Inbox.READ_MESSAGES_MAX, Inbox.READ_BYTES_MAX,
        r -> l.answered(new Mail.InboxRead(this, read, r))));
  }

  /// The store has answered a read of this session's inbox.
  void read(int read, StoreBatch.ReadResult result) {
    Inbox in = inbox;
    if (in == null || outlet == null) {
      return; // whoever comes next reads again
    }
    held(() -> {
      if (!in.read(read, result, loop().limits().inflightMax())) {
        readLater();
      }
    });
    if (readAgain == null || !readAgain.isSet()) {
      pump();
    }
  }

  private void readLater() {
    Timers.Timer t = new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        pump();
      }
    };
    readAgain = t;
    loop().timers().set(t, loop().nowNanos() + READ_AGAIN_NANOS);
  }

  /// What the store holds may differ from what was told.
  void suspectInbox() {
    Inbox in = inbox;
    if (in == null) {
      return;
    }
    in.suspect();
    if (window != null) {
      window.inOrder().stream().filter(d -> d.stage == Stage.RELEASING).forEach(this::release);
    }
    pump();
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
    } else {
      send(o, d, false);
    }
    return true;
  }

  private boolean replayNext(Outlet o) {
    Replaying r = replays == null || replaysStoring >= REPLAYS_STORING_MAX ? null : replays.peek();
    if (r == null) {
      return false;
    }
    Message m = r.replay.next();
    if (m == null) {
      if (replays != null) {
        replays.poll();
      }
    } else if (m.isExpired(loop().wallMillis())) {
      loop().router().forgetRetained(m);
    } else if (!(r.target.anyNoLocal && m.publisher().equals(clientId))) {
      QoS qos = m.qos().min(r.target.qos);
      if (qos == QoS.AT_MOST_ONCE) {
        Message allowed = judged(m);
        if (allowed != null) {
          count(o.publish(allowed, qos, false, true, 0, r.target.ids));
        }
      } else if (isDurable()) {
        replaysStoring++;
        loop().router().keepFor(m, r.target, () -> {
          replaysStoring--;
          pump();
        });
      } else {
        send(o, new Delivery(m, qos, true, r.target.ids, "", Delivery.NOT_STORED), false);
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
    r.add(new Replaying(replay, new Target(s).asPublished()));
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
    finish(w, d);
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
      finish(w, d);
      pump();
      return true;
    }
    Outlet o = outlet;
    if (d.stage == Stage.AWAIT_PUBREC && d.seq != Delivery.NOT_STORED) {
      release(d);
    } else if (d.stage != Stage.RELEASING) {
      d.stage = Stage.AWAIT_PUBCOMP;
      if (o != null) {
        o.pubRel(packetId);
      }
    }
    return true;
  }

  /// Notes that PUBREC came: forgotten, the message would come a second time after a restart to a client that has
  /// released its id.
  private void release(Delivery d) {
    d.stage = Stage.RELEASING;
    loop().batch().add(new StoreOp.Release(number, d.seq));
    Outlet o = outlet;
    loop().whenKept(outcome -> {
      if (outcome.isKept() && d.stage == Stage.RELEASING && outlet == o && o != null) {
        d.stage = Stage.AWAIT_PUBCOMP;
        o.pubRel(d.packetId);
      }
    });
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

  /// A QoS 2 PUBLISH came; the store learns it together with the message.
  ///
  /// @return false where it is one the session has already (MQTT-4.3.3-10): answer, but publish nothing
  public boolean received(int packetId) {
    PacketIdSet r = received;
    if (r == null) {
      r = new PacketIdSet();
      received = r;
    }
    return r.add(packetId);
  }

  public boolean hasReceived(int packetId) {
    return received != null && received.contains(packetId);
  }

  /// PUBREL came, or the message was refused: the id is free again.
  ///
  /// @param done told once the store knows, so that PUBCOMP goes out after it; whether the id was known
  public void release(int packetId, Consumer<Boolean> done) {
    boolean known = forgetReceived(packetId);
    if (known && isDurable()) {
      loop().whenKept(outcome -> {
        if (outcome.isKept()) {
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
    if (known && isDurable()) {
      loop().batch().add(new StoreOp.RemoveReceived(number, packetId));
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
    Consumer<Delivery> shared = d -> {
      if (d.isShared() && !(d.qos == QoS.EXACTLY_ONCE && d.stage != Stage.WAITING)) {
        visitor.accept(d);
      }
    };
    if (window != null) {
      window.inOrder().forEach(shared);
    }
    if (queue != null) {
      queue.forEach(shared);
    }
    if (inbox != null) {
      inbox.forEachResident(shared);
    }
  }

  @Override
  public String toString() {
    return "session " + clientId;
  }
}
