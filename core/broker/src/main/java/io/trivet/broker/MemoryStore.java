package io.trivet.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A store without a disk: what it keeps ends with the process. All batches are kept at once.
public final class MemoryStore implements Store {
  private static final int CLEARED_MAX = 10_000;

  private final Map<Long, Box> boxes = new HashMap<>();
  private final Map<TopicName, StoreOp.PutRetained> retained = new HashMap<>();

  /// The numbers of topics cleared last, so that a change that comes late does not undo it.
  private final Map<TopicName, Long> cleared = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<TopicName, Long> eldest) {
      return size() > CLEARED_MAX;
    }
  };

  private Limits limits = Limits.DEFAULT;
  private long lastSession;
  private long messages;
  private long bytes;

  /// One session.
  private static final class Box {
    StoreOp.PutSession session;
    final Map<String, StoreOp.PutSubscription> subscriptions = new LinkedHashMap<>();
    final Set<Integer> received = new HashSet<>();
    StoreOp.@Nullable PutWill will;

    /// Messages by their number, from `head` up to `tail`; places of removed ones are empty.
    private @Nullable StoredMessage[] ring = new @Nullable StoredMessage[4];
    long head;
    long tail;
    int count;
    long bytes;

    Box(StoreOp.PutSession session) {
      this.session = session;
    }

    void add(Message m, InboxEntry e) {
      if (tail - head == ring.length) {
        @Nullable StoredMessage[] bigger = new @Nullable StoredMessage[ring.length * 2];
        for (long seq = head; seq < tail; seq++) {
          bigger[place(seq, bigger)] = ring[place(seq, ring)];
        }
        ring = bigger;
      }
      ring[place(tail, ring)] = new StoredMessage(tail, m, e, false);
      tail++;
      count++;
      bytes += m.weight();
    }

    @Nullable StoredMessage get(long seq) {
      return seq < head || seq >= tail ? null : ring[place(seq, ring)];
    }

    /// The number of the oldest that no PUBREC came for; `tail` where there is none.
    long oldest() {
      long seq = head;
      while (seq < tail) {
        StoredMessage m = get(seq);
        if (m != null && !m.released()) {
          break;
        }
        seq++;
      }
      return seq;
    }

    void release(long seq) {
      StoredMessage m = get(seq);
      if (m != null) {
        ring[place(seq, ring)] = new StoredMessage(seq, m.message(), m.entry(), true);
      }
    }

    @Nullable StoredMessage remove(long seq) {
      StoredMessage m = get(seq);
      if (m == null) {
        return null;
      }
      ring[place(seq, ring)] = null;
      count--;
      bytes -= m.message().weight();
      while (head < tail && ring[place(head, ring)] == null) {
        head++;
      }
      if (count == 0 && ring.length > 64) {
        ring = new @Nullable StoredMessage[4];
      }
      return m;
    }

    private static int place(long seq, @Nullable StoredMessage[] in) {
      return (int) seq & in.length - 1;
    }
  }

  @Override
  public synchronized void recover(Recovery to) {
    to.lastSession(lastSession);
    boxes.values().forEach(b -> to.session(b.session));
    for (Box b : boxes.values()) {
      b.subscriptions.values().forEach(to::subscription);
      b.received.forEach(id ->
          to.received(new StoreOp.PutReceived(b.session.session(), id, Optional.empty())));
      if (b.will != null) {
        to.will(b.will);
      }
    }
    retained.values().forEach(r -> to.retained(r.message(), r.number()));
  }

  @Override
  public synchronized boolean commit(StoreBatch batch, Consumer<StoreBatch> done) {
    for (StoreOp op : batch.ops()) {
      apply(op);
    }
    batch.outcome(StoreBatch.Outcome.KEPT);
    for (StoreBatch.Read r : batch.reads()) {
      r.done().accept(read(r));
    }
    return true;
  }

  @Override
  public synchronized void limits(Limits newLimits) {
    limits = newLimits;
  }

  @Override
  public void whenReopened(Runnable reopened) {
    // It never fails.
  }

  private void apply(StoreOp op) {
    switch (op) {
      case StoreOp.PutSession s -> {
        lastSession = Math.max(lastSession, s.session());
        Box b = boxes.get(s.session());
        if (b == null) {
          boxes.put(s.session(), new Box(s));
        } else {
          b.session = s;
        }
      }
      case StoreOp.RemoveSession s -> {
        Box b = boxes.remove(s.session());
        if (b != null) {
          messages -= b.count;
          bytes -= b.bytes;
        }
      }
      case StoreOp.PutSubscription s -> in(s.session(), b -> b.subscriptions.put(s.filter().toString(), s));
      case StoreOp.RemoveSubscription s -> in(s.session(), b -> b.subscriptions.remove(s.filter().toString()));
      case StoreOp.Append a -> append(a);
      case StoreOp.Remove r -> in(r.session(), b -> removed(b.remove(r.seq())));
      case StoreOp.Release r -> in(r.session(), b -> b.release(r.seq()));
      case StoreOp.PutReceived r -> {
        if (r.append().isEmpty() || !r.append().get().isRefused()) {
          in(r.session(), b -> b.received.add(r.packetId()));
        }
      }
      case StoreOp.RemoveReceived r -> in(r.session(), b -> b.received.remove(r.packetId()));
      case StoreOp.PutRetained r -> {
        if (r.append().isEmpty() || !r.append().get().isRefused()) {
          retain(r);
        }
      }
      case StoreOp.PutWill w -> in(w.session(), b -> b.will = w);
      case StoreOp.RemoveWill w -> in(w.session(), b -> b.will = null);
    }
  }

  private void retain(StoreOp.PutRetained r) {
    TopicName topic = r.message().topic();
    StoreOp.PutRetained before = retained.get(topic);
    if (r.number() < (before == null ? cleared.getOrDefault(topic, 0L) : before.number())) {
      return;
    }
    if (r.message().payload().isEmpty()) {
      retained.remove(topic);
      cleared.put(topic, r.number());
    } else {
      retained.put(topic, r);
      cleared.remove(topic);
    }
  }

  private void in(long session, Consumer<Box> change) {
    Box b = boxes.get(session);
    if (b != null) {
      change.accept(b);
    }
  }

  private void removed(@Nullable StoredMessage m) {
    if (m != null) {
      messages--;
      bytes -= m.message().weight();
    }
  }

  private void append(StoreOp.Append a) {
    int weight = a.message().weight();
    if (limits.whenFull() == Limits.WhenFull.REFUSE) {
      for (InboxEntry e : a.inboxes()) {
        Box b = boxes.get(e.session());
        if (b != null && isFull(b, weight)) {
          a.refuse();
          return;
        }
      }
    }
    for (int i = 0; i < a.inboxes().size(); i++) {
      InboxEntry e = a.inboxes().get(i);
      Box b = boxes.get(e.session());
      if (b != null && makeRoom(a, b, weight)) {
        a.seq(i, b.tail);
        b.add(a.message(), e);
        messages++;
        bytes += weight;
      }
    }
  }

  private boolean isFull(Box b, int weight) {
    return b.count >= limits.queueMessagesMax() || b.bytes + weight > limits.queueBytesMax()
        || messages >= limits.storedMessagesMax()
        || bytes + weight > Math.min(limits.storedBytesMax(), limits.queueBytesTotalMax());
  }

  private boolean makeRoom(StoreOp.Append a, Box b, int weight) {
    while (isFull(b, weight)) {
      long oldest = limits.whenFull() == Limits.WhenFull.DROP_OLDEST ? b.oldest() : b.tail;
      if (oldest == b.tail) {
        return false;
      }
      removed(b.remove(oldest));
      a.dropped(1);
    }
    return true;
  }

  private StoreBatch.ReadResult read(StoreBatch.Read r) {
    Box b = boxes.get(r.session());
    if (b == null) {
      return new StoreBatch.ReadResult(List.of(), r.from() - 1, false, false);
    }
    List<StoredMessage> found = new ArrayList<>();
    long weight = 0;
    long seq = Math.max(r.from(), b.head);
    for (; seq < b.tail && found.size() < r.messagesMax(); seq++) {
      StoredMessage m = b.get(seq);
      if (m != null) {
        weight += m.message().weight();
        if (weight > r.bytesMax() && !found.isEmpty()) {
          break;
        }
        found.add(m);
      }
    }
    return new StoreBatch.ReadResult(found, Math.max(seq, r.from()) - 1, seq < b.tail, false);
  }
}
