package io.trivet.broker;

import io.trivet.broker.Delivery.Stage;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's session (MQTT 5.0, section 4.1): who it belongs to, its subscriptions, its will, what it has half received;
/// what is on its way to it is in its [Outflow].
///
/// Owned by one loop at a time, which alone calls its methods and touches its plain fields; `home`, `online` and
/// `lagging` are what other loops may read. [Sessions] moves it between loops.
public final class Session {
  /// The number of a session that the store knows nothing of.
  private static final long NO_NUMBER = -1;

  private final ClientId clientId;
  private final long number;
  private final Outflow outflow;
  private volatile int home;
  private volatile boolean online;
  private volatile boolean lagging;
  private volatile boolean ended;

  @Nullable BrokerLoop loop;
  private Principal principal;
  private long expirySeconds;
  @Nullable Will will;
  Principal willPrincipal = Principal.ANONYMOUS;
  @Nullable SessionTimer timer;
  private boolean willStored;

  private Map<String, Subscription> subscriptions = Map.of();
  private @Nullable Peer peer;
  private @Nullable PacketIdSet received;

  /// Who waits for the store to forget a packet id.
  private @Nullable Map<Integer, Consumer<Boolean>> releasing;

  /// Who waits for the store to keep a received QoS 2 message, by its packet id.
  private @Nullable Map<Integer, PublishListener> storing;

  private @Nullable TopicName publishTopic;
  private long publishGeneration;

  /// @param number [#NO_NUMBER] for one that ends with its connection
  private Session(ClientId clientId, long number, boolean recovered, BrokerLoop loop, Principal principal) {
    this.clientId = clientId;
    this.number = number;
    this.outflow = number == NO_NUMBER ? new QueueOutflow(this) : new InboxOutflow(this, recovered);
    this.loop = loop;
    this.home = loop.index();
    this.principal = principal;
  }

  /// One that ends with its connection.
  static Session passing(ClientId clientId, BrokerLoop loop, Principal principal) {
    return new Session(clientId, NO_NUMBER, false, loop, principal);
  }

  /// One that outlives its connection.
  static Session durable(ClientId clientId, long number, BrokerLoop loop, Principal principal) {
    return new Session(clientId, number, false, loop, principal);
  }

  /// One that the store has kept, without a connection.
  static Session recovered(StoreOp.PutSession kept, BrokerLoop loop) {
    Principal who = new Principal(kept.device(), Map.of(), Set.of(), 0);
    Session s = new Session(kept.clientId(), kept.session(), true, loop, who);
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
    return number != NO_NUMBER;
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
    outflow.end();
  }

  /// Whether that loop owns it now.
  boolean isOn(BrokerLoop l) {
    return loop == l;
  }

  void lagging(boolean now) {
    if (lagging != now) {
      lagging = now;
    }
  }

  boolean isLagging() {
    return lagging;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  /// How many messages wait in memory or are in flight; more may wait in the store.
  public int backlog() {
    return outflow.inFlight() + outflow.waiting();
  }

  /// What waits in memory, in bytes.
  public long queueBytes() {
    return outflow.waitingBytes();
  }

  public Collection<Subscription> subscriptions() {
    return Collections.unmodifiableCollection(subscriptions.values());
  }

  BrokerLoop loop() {
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
    will = r.will().orElse(null);
    willPrincipal = r.principal();
    outflow.attach(r.client(), r.receiveMaximum());
    publishTopic = null;
    peer = r.peer();
    online = true;
  }

  /// Who is at the other end; null while nobody is, or where a request stands alone.
  @Nullable Peer peer() {
    return peer;
  }

  /// Whoever has it receives by that outlet.
  void attach(Outlet o, int receiveMaximum) {
    outflow.attach(o, receiveMaximum);
    online = true;
  }

  /// Sends again what an earlier connection left open, in its order and with its packet ids (MQTT-4.4.0-1), then what
  /// waited; called once the client has its CONNACK.
  public void resume() {
    outflow.pump();
  }

  @Nullable Outlet detach() {
    online = false;
    peer = null;
    return outflow.detach();
  }

  boolean isAttachedTo(Outlet o) {
    return outflow.isAttachedTo(o);
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
    outflow.judgeAnew();
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
      outflow.sendAtMostOnce(m, retain, t.ids);
    } else {
      outflow.take(new Delivery(m, qos, retain, t.ids, t.share(), seq));
    }
  }

  /// The store has answered a read of this session's inbox.
  void read(int number, StoreBatch.ReadResult result) {
    if (outflow instanceof InboxOutflow inbox) {
      inbox.read(number, result);
    }
  }

  /// The store works again after it failed: what it holds may differ from what was told, and what it could not forget it
  /// is asked to forget again.
  void storeReopened() {
    if (releasing != null) {
      List.copyOf(releasing.keySet()).forEach(this::release);
    }
    if (outflow instanceof InboxOutflow inbox) {
      inbox.suspect();
    }
  }

  /// @param replay taken when the subscription was made, since what was set later reaches it live
  void replay(Subscription s, RetainedTree.Replay replay) {
    outflow.replay(s, replay);
  }

  /// The outlet that was full has taken what it held.
  public void roomAgain() {
    outflow.pump();
  }

  /// PUBACK came.
  ///
  /// @return false where no QoS 1 message of that id is in flight
  public boolean acknowledged(int packetId) {
    return outflow.done(packetId, Stage.AWAIT_PUBACK);
  }

  /// PUBCOMP came.
  ///
  /// @return false where no released QoS 2 message of that id is in flight
  public boolean completed(int packetId) {
    return outflow.done(packetId, Stage.AWAIT_PUBCOMP);
  }

  /// PUBREC came: PUBREL goes out, once the store knows, or nothing more where the receiver refused the message.
  ///
  /// @return false where no QoS 2 message of that id is in flight
  public boolean receivedByPeer(int packetId, boolean taken) {
    return outflow.received(packetId, taken);
  }

  void forEachUnsentShared(Consumer<Delivery> visitor) {
    outflow.forEachUnsentShared(visitor);
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

  /// A received message of that id goes to the store now.
  void storing(int packetId, PublishListener listener) {
    Map<Integer, PublishListener> s = storing;
    if (s == null) {
      s = new HashMap<>();
      storing = s;
    }
    s.put(packetId, listener);
  }

  /// The message of that id came again while the store has not answered for the first: the answer goes to who asked last,
  /// since the connection it first came on may be gone.
  ///
  /// @return false where the store has answered
  public boolean awaitStored(int packetId, PublishListener listener) {
    if (storing == null || !storing.containsKey(packetId)) {
      return false;
    }
    storing.put(packetId, listener);
    return true;
  }

  /// The store has answered for the message of that id.
  void stored(int packetId, PublishResult result) {
    PublishListener listener = storing == null ? null : storing.remove(packetId);
    if (storing != null && storing.isEmpty()) {
      storing = null;
    }
    if (result == PublishResult.STORE_FAILED || result == PublishResult.QUOTA_EXCEEDED) {
      forgetReceived(packetId);
    }
    if (listener != null) {
      listener.published(packetId, result);
    }
  }

  public boolean hasReceived(int packetId) {
    return received != null && received.contains(packetId);
  }

  /// PUBREL came: the id is free again.
  ///
  /// @param done told once the store knows, so that PUBCOMP goes out after it: until then a new message under the id would
  /// be taken for the old one after a restart; whether the id was known
  public void release(int packetId, Consumer<Boolean> done) {
    if (!hasReceived(packetId)) {
      done.accept(false);
    } else if (isDurable()) {
      if (releasing == null) {
        releasing = new HashMap<>();
      }
      releasing.put(packetId, done);
      release(packetId);
    } else {
      forgetReceived(packetId);
      done.accept(true);
    }
  }

  private void release(int packetId) {
    BrokerLoop l = loop();
    l.batch().add(new StoreOp.RemoveReceived(number, packetId));
    l.whenKept(outcome -> {
      if (outcome.keepsSteps()) {
        l.sessions().whenHere(this, () -> released(packetId));
      }
    });
  }

  private void released(int packetId) {
    Consumer<Boolean> done = releasing == null ? null : releasing.remove(packetId);
    if (received != null) {
      received.remove(packetId);
    }
    if (done != null) {
      done.accept(true);
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

  /// Of its identifier, so that a simulation takes the same course each time.
  @Override
  public int hashCode() {
    return clientId.hashCode();
  }

  /// Only itself: two under one identifier are two.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public String toString() {
    return "session " + clientId;
  }
}
