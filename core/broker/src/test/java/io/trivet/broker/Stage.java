package io.trivet.broker;

import io.trivet.base.Bytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// Loops without threads for tests: mail waits in queues between them until the test delivers it.
@NullMarked
final class Stage {
  static final Peer PEER = new Peer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "test", true, "",
      TransportIdentity.NONE);

  final Broker broker;
  final List<Deque<Mail>> mailboxes = new ArrayList<>();
  final Rules rules = new Rules();
  int mailboxMax = Integer.MAX_VALUE;
  long nanos = 1;

  Stage(int loops, Limits limits, Store store) {
    for (int i = 0; i < loops; i++) {
      mailboxes.add(new ArrayDeque<>());
    }
    broker = new Broker(loops, limits, rules, store, Watcher.NONE, _ -> (to, mail) -> {
      boolean always = mail instanceof Mail.Committed || mail instanceof Mail.InboxRead || mail instanceof Mail.Task;
      return (always || mailboxes.get(to).size() < mailboxMax) && mailboxes.get(to).add(mail);
    });
    for (BrokerLoop l : broker.loops()) {
      l.beginCycle(nanos, 0);
    }
  }

  Stage(int loops) {
    this(loops, Limits.DEFAULT, new MemoryStore());
  }

  BrokerLoop loop(int i) {
    return broker.loop(i);
  }

  /// Ends each loop's cycle and delivers mail until there is none.
  void settle() {
    boolean more = true;
    while (more) {
      more = false;
      for (int i = 0; i < mailboxes.size(); i++) {
        more |= step(i);
      }
      more |= mailboxes.stream().anyMatch(m -> !m.isEmpty());
    }
  }

  /// One cycle of one loop: its mail, then its end.
  boolean step(int i) {
    BrokerLoop l = loop(i);
    l.beginCycle(nanos, nanos / 1_000_000);
    boolean any = false;
    for (Mail m = mailboxes.get(i).poll(); m != null; m = mailboxes.get(i).poll()) {
      l.receive(m);
      any = true;
    }
    l.tick();
    boolean delivered = l.endCycle();
    return any || !delivered;
  }

  void advance(long seconds) {
    nanos += seconds * 1_000_000_000L;
    settle();
  }

  /// A decider that the test can change.
  static final class Rules implements Decider {
    Decision publish = Decision.ALLOW;
    Decision subscribe = Decision.ALLOW;
    Decision deliver = Decision.ALLOW;
    final Set<String> closed = new HashSet<>();
    long generation = 1;
    int asked;

    @Override
    public Decision connect(Principal who, ClientId clientId, Peer peer) {
      return closed.contains(clientId.text()) ? new Decision.Deny("closed") : Decision.ALLOW;
    }

    @Override
    public Decision publish(Principal who, ClientId clientId, Message message) {
      asked++;
      return publish;
    }

    @Override
    public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
      return closed.contains(filter.toString()) ? new Decision.Deny("closed") : subscribe;
    }

    @Override
    public Decision deliver(Principal receiver, ClientId clientId, Message message) {
      return deliver;
    }

    @Override
    public long generation() {
      return generation;
    }
  }

  /// A store that answers when the test says so.
  static final class LateStore implements Store {
    record Pending(StoreBatch batch, Consumer<StoreBatch> done) {}

    final Deque<Pending> pending = new ArrayDeque<>();
    final MemoryStore kept = new MemoryStore();
    private Runnable reopened = () -> {};

    @Override
    public void recover(Recovery to) {
      kept.recover(to);
    }

    @Override
    public void limits(Limits limits) {
      kept.limits(limits);
    }

    @Override
    public void whenReopened(Runnable then) {
      reopened = then;
    }

    void reopen() {
      reopened.run();
    }

    @Override
    public boolean commit(StoreBatch batch, Consumer<StoreBatch> done) {
      pending.add(new Pending(batch, done));
      return false;
    }

    void answer(boolean keeps) {
      answer(keeps ? StoreBatch.Outcome.KEPT : StoreBatch.Outcome.FAILED);
    }

    void answer(StoreBatch.Outcome outcome) {
      Pending p = pending.remove();
      if (outcome.isKept()) {
        kept.commit(p.batch, _ -> {});
      } else {
        p.batch.outcome(outcome);
        p.batch.reads().forEach(r -> r.done().accept(StoreBatch.ReadResult.FAILED));
      }
      p.done.accept(p.batch);
    }
  }

  /// A client that notes what it gets.
  class Phone implements Client, PublishListener {
    final ClientId id;
    final BrokerLoop loop;
    final List<String> got = new ArrayList<>();
    final List<String> answers = new ArrayList<>();
    @Nullable Session session;
    boolean open = true;
    boolean present;
    int unsent;

    Phone(String id, int loop) {
      this.id = new ClientId(id);
      this.loop = loop(loop);
    }

    Phone connect(boolean clean, long expirySeconds, int receiveMaximum, Optional<Will> will) {
      loop.sessions().connect(new ConnectRequest(id, PEER, new Principal(id.text(), java.util.Map.of(),
          java.util.Set.of(), 1), clean, expirySeconds, receiveMaximum, will, this));
      settle();
      return this;
    }

    Phone connect() {
      return connect(true, 0, 100, Optional.empty());
    }

    Phone connectDurably() {
      return connect(false, 3_600, 100, Optional.empty());
    }

    Session session() {
      Session s = session;
      if (s == null) {
        throw new AssertionError(id + " has no session");
      }
      return s;
    }

    void drop(boolean withWill) {
      open = false;
      loop.sessions().disconnected(session(), this, withWill);
      settle();
    }

    List<SubscribeResult> subscribe(String filter, QoS qos) {
      List<SubscribeResult> results = new ArrayList<>();
      loop.sessions().subscribe(session(), List.of(new SubscribeRequest(SubscriptionFilter.of(filter), qos, false,
          false, SubscribeRequest.RetainHandling.SEND, 0)), results::addAll);
      settle();
      return results;
    }

    PublishResult publish(String topic, String payload, QoS qos, int packetId) {
      return loop.router().publish(session(), message(topic, payload, qos, false, id), this, packetId);
    }

    @Override
    public void attached(Session s, boolean wasPresent) {
      session = s;
      present = wasPresent;
      s.resume();
    }

    @Override
    public void refused(ConnectRefusal why) {
      open = false;
      got.add("refused " + why);
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public int unsentBytes() {
      return unsent;
    }

    @Override
    public boolean publish(Message m, QoS qos, boolean dup, boolean retain, int packetId, int[] ids) {
      got.add(m.topic() + "=" + m.payload().asUtf8() + " q" + qos.level() + (dup ? " dup" : "")
          + (retain ? " retain" : "") + (packetId == 0 ? "" : " #" + packetId));
      return true;
    }

    @Override
    public void pubRel(int packetId) {
      got.add("pubrel #" + packetId);
    }

    @Override
    public void end(SessionEnd why) {
      open = false;
      got.add("end " + why);
    }

    @Override
    public void published(int packetId, PublishResult result) {
      answers.add("#" + packetId + " " + result);
    }
  }

  Phone phone(String id, int loop) {
    return new Phone(id, loop);
  }

  static Message message(String topic, String payload, QoS qos, boolean retain, ClientId from) {
    return new Message(TopicName.of(topic), Bytes.utf8(payload), qos, retain, MessageProperties.NONE, Message.NEVER, from);
  }
}
