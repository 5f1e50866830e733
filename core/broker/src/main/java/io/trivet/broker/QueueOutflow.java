package io.trivet.broker;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Of a session that ends with its connection: messages wait in memory, within `limits.queue-messages-max` and the
/// limits beside it.
final class QueueOutflow extends Outflow {
  private @Nullable ArrayDeque<Delivery> queue;
  private long bytes;

  QueueOutflow(Session session) {
    super(session);
  }

  @Override
  void take(Delivery d) {
    Outlet o = outlet();
    if (o == null) {
      return; // the session ends with its connection, and that has ended
    }
    if ((queue == null || queue.isEmpty()) && hasRoom(o)) {
      send(o, d, 0, false);
    } else {
      enqueue(d);
    }
  }

  private void enqueue(Delivery d) {
    ArrayDeque<Delivery> q = queue;
    if (q == null) {
      q = new ArrayDeque<>();
      queue = q;
    }
    Limits limits = loop().limits();
    int weight = d.message.weight();
    while (q.size() >= limits.queueMessagesMax() || bytes + weight > limits.queueBytesMax()
        || loop().broker().queuedBytes() + weight > limits.queueBytesTotalMax()) {
      loop().counters().increment(Counter.DROPPED_QUEUE_FULL);
      // To refuse is for what a store keeps: a session without one has no say in what its publishers are told.
      Delivery oldest = limits.whenFull() == Limits.WhenFull.DROP_OLDEST ? q.poll() : null;
      if (oldest == null) {
        return;
      }
      changed(-oldest.message.weight());
    }
    q.add(d);
    changed(weight);
    if (q.size() * 2 >= limits.queueMessagesMax()) {
      session.lagging(true);
    }
  }

  private void changed(long by) {
    bytes += by;
    loop().broker().queued(by);
  }

  @Override
  boolean sendNext(Outlet o) {
    Delivery d = queue == null ? null : queue.poll();
    if (d == null) {
      return false;
    }
    changed(-d.message.weight());
    if (session.isLagging() && waiting() * 4 < loop().limits().queueMessagesMax()) {
      session.lagging(false);
    }
    if (d.message.isExpired(loop().wallMillis())) {
      loop().counters().increment(Counter.DROPPED_EXPIRED);
    } else {
      send(o, d, 0, false);
    }
    return true;
  }

  @Override
  boolean sendRetained(Message m, QoS qos, Target t, Outlet o) {
    send(o, new Delivery(m, qos, true, t.ids, "", Delivery.NOT_STORED), 0, false);
    return true;
  }

  @Override
  void release(Delivery d) {
    released(d);
  }

  @Override
  void forEachWaiting(Consumer<Delivery> visitor) {
    if (queue != null) {
      queue.forEach(visitor);
    }
  }

  @Override
  int waiting() {
    return queue == null ? 0 : queue.size();
  }

  @Override
  long waitingBytes() {
    return bytes;
  }

  @Override
  void end() {
    changed(-bytes);
    queue = null;
  }
}
