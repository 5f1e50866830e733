package io.trivet.lab.durability;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// A durable subscriber: acknowledges what it has noted, and knows over all its connections which QoS 2
/// exchanges it is in the middle of, so that it takes a PUBLISH that comes again for what it is (MQTT 5.0,
/// section 4.3.3).
final class Subscriber implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long SESSION_SECONDS = 86_400;

  enum Habit {
    /// Comes back as soon as the server is up.
    CONNECTED,
    /// Is away most of the time, and comes back at random.
    OFTEN_AWAY,
    /// Lets the server wait for each acknowledgement; stays connected.
    SLOW
  }

  /// @param filter as sent, with `$share` and the group's name where it shares
  record Plan(String name, Version version, String filter, int qos, Habit habit) {}

  private final Plan plan;
  private final Course course;
  private final Ledger ledger;
  private final Random random;
  private final CountDownLatch subscribed;
  private final Set<Integer> received = new HashSet<>();
  private int connections;
  private boolean isSubscribed;

  /// @param subscribed counted down once the subscription stands
  Subscriber(Plan plan, Course course, Ledger ledger, Random random, CountDownLatch subscribed) {
    this.plan = plan;
    this.course = course;
    this.ledger = ledger;
    this.random = random;
    this.subscribed = subscribed;
  }

  /// Until the run is over.
  @Override
  public void run() {
    int away = 0;
    while (true) {
      int port = course.awaitServerAfter(away);
      if (port == 0) {
        return;
      }
      away = 10;
      int life = course.life();
      try (Connection c = Connection.open(port, plan.version())) {
        connect(c);
        stay(c, life);
        away = plan.habit() == Habit.OFTEN_AWAY ? 200 + random.nextInt(1_200) : 0;
      } catch (IOException e) {
        // The server was killed, perhaps in the middle of a packet.
      }
    }
  }

  private void connect(Connection c) throws IOException {
    Out.Connect connect = Out.connect(plan.name()).clean(false);
    if (plan.version() == Version.V5) {
      connect.prop(Prop.SESSION_EXPIRY, SESSION_SECONDS);
      if (plan.habit() == Habit.SLOW) {
        connect.prop(Prop.RECEIVE_MAXIMUM, 20L);
      }
    }
    c.send(connect);
    In.ConnAck ack = c.expect(In.ConnAck.class, PATIENCE);
    connections++;
    if (ack.code() != 0) {
      throw new IOException("CONNACK with code " + ack.code());
    }
    if (!ack.sessionPresent()) {
      received.clear();
      if (isSubscribed) {
        ledger.sessionLost(plan.name(), connections);
        isSubscribed = false;
      }
    }
    if (!isSubscribed) {
      c.send(Out.subscribe(1).to(plan.filter(), plan.qos()));
      In.SubAck granted = c.expect(In.SubAck.class, PATIENCE);
      if (!granted.codes().equals(java.util.List.of(plan.qos()))) {
        throw new AssertionError("SUBACK with " + granted.codes() + " for " + plan);
      }
      isSubscribed = true;
      subscribed.countDown();
    }
  }

  private void stay(Connection c, int life) throws IOException {
    long leave = plan.habit() == Habit.OFTEN_AWAY
        ? System.nanoTime() + (30 + random.nextInt(250)) * 1_000_000L
        : Long.MAX_VALUE;
    while (!course.isOver() && course.life() == life) {
      if (System.nanoTime() >= leave && !course.isDraining()) {
        if (random.nextBoolean()) {
          c.sayGoodbye();
        }
        return;
      }
      In packet = c.receive(Duration.ofMillis(20));
      if (packet != null) {
        receive(packet, c);
      }
    }
  }

  private void receive(In packet, Connection c) throws IOException {
    switch (packet) {
      case In.Publish p -> {
        note(p);
        if (p.qos() == 0) {
          throw new AssertionError(plan.name() + " got QoS 0: " + p);
        }
        dawdle();
        c.send(p.qos() == 1 ? Out.pubAck(p.id()) : Out.pubRec(p.id()));
      }
      case In.PubRel(int id, _, _) -> {
        received.remove(id);
        dawdle();
        c.send(Out.pubComp(id));
      }
      case In.Disconnect d -> throw new IOException("the server said " + d);
      default -> throw new AssertionError(plan.name() + " got " + packet);
    }
  }

  private void note(In.Publish p) {
    boolean isNew = p.qos() == 1 || received.add(p.id());
    // What was retained before comes with the flag set after a subscription anew, which only a lost session
    // asks for.
    if (isNew && !p.retain()) {
      ledger.delivered(plan.name(), Message.Id.parse(p.text()));
    }
  }

  private void dawdle() {
    if (plan.habit() != Habit.SLOW || course.isDraining()) {
      return;
    }
    try {
      Thread.sleep(random.nextInt(12));
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
