package io.trivet.broker;

import io.trivet.broker.Delivery.Stage;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one session sends to its client: judged, within the client's window (its Receive Maximum), at the pace of its
/// socket. Where messages wait is the difference between [QueueOutflow] and [InboxOutflow].
///
/// QoS 0 goes straight to the outlet, or is dropped where that is further behind than `limits.output-bytes-max`.
abstract class Outflow {
  /// Above this QoS 1 and 2 stay where they wait, as messages that may still expire, rather than become bytes.
  private static final int OUTPUT_HIGH_BYTES = 256 << 10;

  final Session session;
  private @Nullable Outlet outlet;
  private @Nullable SendWindow window;
  private @Nullable ArrayDeque<Replaying> replays;
  private int capacity = 1;

  private @Nullable TopicName judgedTopic;
  private long judgedGeneration;

  private record Replaying(RetainedTree.Replay replay, Target target) {}

  Outflow(Session session) {
    this.session = session;
  }

  /// Takes a message of QoS 1 or 2, to be sent now or later.
  abstract void take(Delivery d);

  /// Sends the next of what waits, or drops it where it has expired.
  ///
  /// @return false where nothing can be sent now
  abstract boolean sendNext(Outlet o);

  /// Sends a retained message of QoS 1 or 2.
  ///
  /// @return false where it has to wait
  abstract boolean sendRetained(Message m, QoS qos, Target t, Outlet o);

  /// Whether retained messages may go on being replayed.
  boolean mayReplay() {
    return true;
  }

  /// Nothing more can be sent from what is in memory.
  void ranDry() {
    // Only what is kept elsewhere can be fetched.
  }

  /// A message is done with: acknowledged, expired, denied or too large.
  void forget(Delivery d) {
    // Nobody else holds it.
  }

  /// Notes that PUBREC came, then sends PUBREL.
  abstract void release(Delivery d);

  abstract void forEachWaiting(Consumer<Delivery> visitor);

  /// How many messages wait in memory.
  abstract int waiting();

  /// Their weight in bytes.
  abstract long waitingBytes();

  /// The session is over: lets go of what waits.
  abstract void end();

  final BrokerLoop loop() {
    return session.loop();
  }

  final @Nullable Outlet outlet() {
    return outlet;
  }

  final int inFlight() {
    return window == null ? 0 : window.size();
  }

  final SendWindow window() {
    SendWindow w = window;
    if (w == null) {
      w = new SendWindow();
      window = w;
    }
    return w;
  }

  final void forgetWindow() {
    window = null;
  }

  final int capacity() {
    return capacity;
  }

  /// @param receiveMaximum the client's
  void attach(Outlet o, int receiveMaximum) {
    outlet = o;
    capacity = Math.min(receiveMaximum, loop().limits().inflightMax());
    judgeAnew();
  }

  @Nullable Outlet detach() {
    Outlet o = outlet;
    outlet = null;
    replays = null;
    return o;
  }

  final boolean isAttachedTo(Outlet o) {
    return outlet == o;
  }

  /// Whoever receives is somebody else than before.
  final void judgeAnew() {
    judgedTopic = null;
  }

  final void sendAtMostOnce(Message m, boolean retain, int[] ids) {
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

  final boolean hasRoom(Outlet o) {
    return inFlight() < capacity && o.unsentBytes() < OUTPUT_HIGH_BYTES;
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
    return switch (decider.deliver(session.principal(), session.clientId(), m)) {
      case Decider.Decision.Allow(boolean holds) -> {
        judgedTopic = holds ? m.topic() : null;
        judgedGeneration = generation;
        yield m;
      }
      case Decider.Decision.Modify(Message changed) -> changed;
      case Decider.Decision.Deny(String rule) -> {
        loop().counters().increment(Counter.DELIVERY_DENIED);
        loop().broker().watcher()
            .denied(session.clientId(), session.principal(), "deliver", m.topic().toString(), rule);
        yield null;
      }
      case Decider.Decision.Unfit _ -> throw new AssertionError("only what is published is fit or not");
      // A delivery has nobody to keep waiting for it; until a policy engine that can delay one exists, this is a deny.
      case Decider.Decision.Delay _ -> null;
    };
  }

  /// @param packetId free in the window; 0 for the next free one
  /// @param dup whether it may have been sent before
  final void send(Outlet o, Delivery d, int packetId, boolean dup) {
    Message allowed = judged(d.message);
    if (allowed == null) {
      forget(d);
      return;
    }
    SendWindow w = window();
    if (packetId == 0) {
      w.add(d, capacity);
    } else {
      w.addAs(d, packetId);
    }
    d.stage = d.qos == QoS.AT_LEAST_ONCE ? Stage.AWAIT_PUBACK : Stage.AWAIT_PUBREC;
    boolean sent = o.publish(allowed, d.qos, dup, d.retain, d.packetId, d.ids);
    count(sent);
    if (!sent) {
      finish(d);
    }
  }

  private void finish(Delivery d) {
    window().remove(d);
    forget(d);
  }

  /// Sends as much as the client's window and socket take: retained messages of new subscriptions, then what waits.
  final void pump() {
    Outlet o = outlet;
    while (o != null && o == outlet && hasRoom(o)) {
      if (!replayNext(o) && !sendNext(o)) {
        ranDry();
        return;
      }
    }
  }

  private boolean replayNext(Outlet o) {
    Replaying r = replays == null || !mayReplay() ? null : replays.peek();
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
    } else if (!(r.target.anyNoLocal && m.publisher().equals(session.clientId()))) {
      QoS qos = m.qos().min(r.target.qos);
      if (qos == QoS.AT_MOST_ONCE) {
        sendAtMostOnce(m, true, r.target.ids);
      } else {
        return sendRetained(m, qos, r.target, o);
      }
    }
    return true;
  }

  final void replay(Subscription s, RetainedTree.Replay replay) {
    ArrayDeque<Replaying> r = replays;
    if (r == null) {
      r = new ArrayDeque<>(2);
      replays = r;
    }
    r.add(new Replaying(replay, new Target(s).asPublished()));
  }

  /// PUBACK or PUBCOMP came.
  ///
  /// @return false where no message of that id awaits it
  final boolean done(int packetId, Stage expected) {
    Delivery d = window == null ? null : window.get(packetId);
    if (d == null || d.stage != expected) {
      return false;
    }
    finish(d);
    pump();
    return true;
  }

  /// PUBREC came.
  ///
  /// @param taken whether the receiver took the message
  /// @return false where no QoS 2 message of that id is in flight
  final boolean received(int packetId, boolean taken) {
    Delivery d = window == null ? null : window.get(packetId);
    if (d == null || d.qos != QoS.EXACTLY_ONCE) {
      return false;
    }
    if (!taken) {
      finish(d);
      pump();
    } else if (d.stage == Stage.AWAIT_PUBREC) {
      release(d);
    } else if (d.stage == Stage.AWAIT_PUBCOMP) {
      released(d);
    }
    return true;
  }

  final void released(Delivery d) {
    d.stage = Stage.AWAIT_PUBCOMP;
    Outlet o = outlet;
    if (o != null) {
      o.pubRel(d.packetId);
    }
  }

  /// Messages of shared subscriptions that this session will not deliver any more: QoS 1 may go to another member, QoS 2
  /// in flight may not (MQTT-4.8.2-5).
  final void forEachUnsentShared(Consumer<Delivery> visitor) {
    Consumer<Delivery> shared = d -> {
      if (d.isShared() && !(d.qos == QoS.EXACTLY_ONCE && d.stage != Stage.WAITING)) {
        visitor.accept(d);
      }
    };
    if (window != null) {
      window.inOrder().forEach(shared);
    }
    forEachWaiting(shared);
  }
}
