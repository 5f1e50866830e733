package io.trivet.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What all loops share: the topic tree, the retained messages, the table of sessions, and the ports.
public final class Broker {
  private final Decider decider;
  private final Store store;
  private final Watcher watcher;
  private volatile Limits limits;
  private final AtomicReference<TopicTree> tree = new AtomicReference<>(TopicTree.EMPTY);
  private final RetainedTree retained;
  private final Map<ClientId, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger sessionCount = new AtomicInteger();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicLong lastSession = new AtomicLong();
  private final AtomicLong examined = new AtomicLong(Long.MIN_VALUE);
  private final List<BrokerLoop> loops = new ArrayList<>();

  /// @param loopCount how many loops share the work, 1 to 1,024
  /// @param ports what runs each loop, by its index
  public Broker(
      int loopCount, Limits limits, Decider decider, Store store, Watcher watcher, Function<Integer, LoopPorts> ports) {
    if (loopCount < 1 || loopCount > 1_024) {
      throw new IllegalArgumentException("loops = " + loopCount + ": give a value from 1 to 1024");
    }
    this.decider = decider;
    this.store = store;
    this.watcher = watcher;
    this.limits = limits;
    store.limits(limits);
    this.retained = new RetainedTree(limits.retainedMax(), limits.retainedBytesMax());
    for (int i = 0; i < loopCount; i++) {
      loops.add(new BrokerLoop(this, i, loopCount, ports.apply(i)));
    }
  }

  /// Takes up what the store has kept; once, before any loop runs. Sessions go to the loops by their identifiers.
  ///
  /// @throws StoreException where the store cannot be read
  public void recover(long monotonicNanos, long wallMillis) {
    for (BrokerLoop l : loops) {
      l.beginCycle(monotonicNanos, wallMillis);
    }
    Recovering recovering = new Recovering(this);
    store.recover(recovering);
    recovering.finish(monotonicNanos, wallMillis);
    store.whenReopened(() -> loops.forEach(l -> l.later(loop -> loop.sessions().storeReopened())));
  }

  public BrokerLoop loop(int index) {
    return loops.get(index);
  }

  public int loopCount() {
    return loops.size();
  }

  public List<BrokerLoop> loops() {
    return List.copyOf(loops);
  }

  Decider decider() {
    return decider;
  }

  Store store() {
    return store;
  }

  public Watcher watcher() {
    return watcher;
  }

  public Limits limits() {
    return limits;
  }

  /// New limits hold for what comes; what is kept already stays.
  public void limits(Limits newLimits) {
    limits = newLimits;
    store.limits(newLimits);
  }

  TopicTree tree() {
    return Objects.requireNonNull(tree.get()); // never set to null
  }

  void changeTree(Function<TopicTree, TopicTree> change) {
    tree.updateAndGet(change::apply);
  }

  RetainedTree retained() {
    return retained;
  }

  @Nullable Session find(ClientId id) {
    return sessions.get(id);
  }

  /// @return false where there are as many sessions as `limits.sessions-max` allows
  boolean hasRoomForSession() {
    return sessionCount.get() < limits.sessionsMax();
  }

  /// What waits in all sessions' queues weighs so much more, or less.
  void queued(long bytes) {
    queuedBytes.addAndGet(bytes);
  }

  /// The weight in bytes of what waits in all sessions' queues.
  public long queuedBytes() {
    return queuedBytes.get();
  }

  /// A number for a durable session, never used before.
  long nextSession() {
    return lastSession.incrementAndGet();
  }

  void usedSession(long number) {
    lastSession.accumulateAndGet(number, Math::max);
  }

  boolean register(Session s) {
    boolean fresh = sessions.putIfAbsent(s.clientId(), s) == null;
    if (fresh) {
      sessionCount.incrementAndGet();
    }
    return fresh;
  }

  void unregister(Session s) {
    if (sessions.remove(s.clientId(), s)) {
      sessionCount.decrementAndGet();
    }
  }

  Iterable<Session> allSessions() {
    return sessions.values();
  }

  public int sessionCount() {
    return sessionCount.get();
  }

  public int subscriptionCount() {
    return tree().size();
  }

  public long retainedCount() {
    return retained.count();
  }

  /// The retained messages that the filter matches, as they stand now; from any thread.
  public void forEachRetained(TopicFilter filter, Consumer<Message> each) {
    RetainedTree.Replay all = retained.replay(filter);
    for (Message m = all.next(); m != null; m = all.next()) {
      each.accept(m);
    }
  }

  public long retainedBytes() {
    return retained.bytes();
  }

  /// Has the first loop clear retained messages that have expired; from any thread. Replays skip them anyway: this gives
  /// their room back, also in the store.
  public void sweepRetained() {
    loop(0).later(l -> retained.expired(l.wallMillis()).forEach(l.router()::forgetRetained));
  }

  /// Ends the subscriptions that are not allowed any more, where something has changed since the last time; from any thread,
  /// a few times a second.
  ///
  /// @return whether something has changed
  public boolean reexamine() {
    long now = decider.generation();
    if (examined.getAndSet(now) == now) {
      return false;
    }
    loops.forEach(l -> l.later(loop -> loop.rights().examineAll()));
    return true;
  }

  /// The sum over all loops; possibly a moment old.
  public long total(Counter counter) {
    long sum = 0;
    for (BrokerLoop l : loops) {
      sum += l.counters().get(counter);
    }
    return sum;
  }
}
