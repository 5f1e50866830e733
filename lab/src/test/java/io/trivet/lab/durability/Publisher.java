package io.trivet.lab.durability;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Publishes at QoS 1 and 2 with several messages in flight, and after each crash sends again what was not
/// acknowledged, as MQTT 5.0, section 4.4 has it: with the same packet id, marked DUP, in the old order;
/// PUBREL where PUBREC had come.
final class Publisher implements Runnable {
  private static final int IN_FLIGHT_MAX = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long SESSION_SECONDS = 86_400;

  private enum Awaits {
    PUBACK,
    PUBREC,
    PUBCOMP
  }

  private record InFlight(Message message, Awaits awaits, boolean sentBefore) {}

  private final int number;
  private final Version version;
  private final Course course;
  private final Ledger ledger;
  private final Random random;
  private final int perSecond;
  private final Map<Integer, InFlight> inFlight = new LinkedHashMap<>();
  private int published;
  private int lastId;
  private int connections;
  private boolean somethingWasAcknowledged;
  private boolean saidFarewell;
  private long nextDue;

  /// @param perSecond messages, where the server keeps up
  Publisher(int number, Version version, Course course, Ledger ledger, Random random, int perSecond) {
    this.number = number;
    this.version = version;
    this.course = course;
    this.ledger = ledger;
    this.random = random;
    this.perSecond = perSecond;
  }

  /// The one topic below which all publishers publish.
  static final String ROOT = "load";

  private static List<String> plainTopics(int publisher) {
    return List.of(ROOT + "/" + publisher + "/a", ROOT + "/" + publisher + "/b");
  }

  /// The only topic to which `publisher` publishes retained messages, and nobody else.
  static String retainedTopic(int publisher) {
    return ROOT + "/" + publisher + "/kept";
  }

  String name() {
    return "publisher-" + number;
  }

  /// Until the run drains and all is acknowledged, or the run is over.
  @Override
  public void run() {
    while (!isDone()) {
      int port = course.awaitServer();
      if (port == 0) {
        return;
      }
      int life = course.life();
      try (Connection c = Connection.open(port, version)) {
        connect(c);
        while (!isDone() && !course.isOver() && course.life() == life) {
          publishWhatIsDue(c);
          In packet = c.receive(untilNext());
          if (packet != null) {
            receive(packet, c);
          }
        }
      } catch (IOException e) {
        // The server was killed. What is in flight is sent again on the next connection.
        course.awaitServerAfter(10);
      }
    }
  }

  private boolean isDone() {
    return saidFarewell && inFlight.isEmpty();
  }

  private Duration untilNext() {
    if (!course.mayPublish() || inFlight.size() >= IN_FLIGHT_MAX) {
      return Duration.ofMillis(20);
    }
    return Duration.ofNanos(Math.clamp(nextDue - System.nanoTime(), 1_000_000, 20_000_000));
  }

  private void connect(Connection c) throws IOException {
    Out.Connect connect = Out.connect(name()).clean(false);
    c.send(version == Version.V5 ? connect.prop(Prop.SESSION_EXPIRY, SESSION_SECONDS) : connect);
    In.ConnAck ack = c.expect(In.ConnAck.class, PATIENCE);
    connections++;
    if (ack.code() != 0) {
      throw new IOException("CONNACK with code " + ack.code());
    }
    if (!ack.sessionPresent()) {
      if (somethingWasAcknowledged) {
        ledger.sessionLost(name(), connections);
        somethingWasAcknowledged = false;
      }
      // With the session goes what waits for PUBCOMP; anything else is published as new.
      inFlight.values().removeIf(f -> f.awaits == Awaits.PUBCOMP);
      inFlight.replaceAll((_, f) -> new InFlight(f.message, f.awaits, false));
    }
    List<Out> again = new ArrayList<>();
    inFlight.forEach((id, f) -> again.add(
        f.awaits == Awaits.PUBCOMP ? Out.pubRel(id) : packet(id, f.message, f.sentBefore)));
    inFlight.replaceAll((_, f) -> new InFlight(f.message, f.awaits, true));
    c.send(again.toArray(Out[]::new));
    nextDue = System.nanoTime();
  }

  private void publishWhatIsDue(Connection c) throws IOException {
    if (course.isDraining() && !saidFarewell) {
      saidFarewell = true;
      for (String topic : plainTopics(number)) {
        publish(c, topic, 1 + random.nextInt(2), false, true);
      }
      publish(c, retainedTopic(number), 1 + number % 2, true, true);
      return;
    }
    long now = System.nanoTime();
    while (course.mayPublish() && inFlight.size() < IN_FLIGHT_MAX && nextDue <= now) {
      // What is due after a pause is not made up for all at once.
      nextDue = Math.max(nextDue + 1_000_000_000L / perSecond, now - 20_000_000);
      if (random.nextInt(5) == 0) {
        publish(c, retainedTopic(number), 1 + number % 2, true, false);
      } else {
        List<String> topics = plainTopics(number);
        publish(c, topics.get(random.nextInt(topics.size())), 1 + random.nextInt(2), false, false);
      }
    }
  }

  private void publish(Connection c, String topic, int qos, boolean retained, boolean farewell) throws IOException {
    Message m = new Message(new Message.Id(number, ++published), topic, qos, retained);
    int id = freeId();
    inFlight.put(id, new InFlight(m, qos == 1 ? Awaits.PUBACK : Awaits.PUBREC, true));
    ledger.publishing(m, farewell);
    c.send(packet(id, m, false));
  }

  private int freeId() {
    do {
      lastId = lastId % 65_535 + 1;
    } while (inFlight.containsKey(lastId));
    return lastId;
  }

  private static Out packet(int id, Message m, boolean again) {
    Out.Publish p = Out.publish(m.topic()).payload(m.payload(filling(m.id().number()))).qos(m.qos(), id);
    if (m.retained()) {
      p.retain();
    }
    return again ? p.dup() : p;
  }

  /// Mostly a few hundred bytes; now and then more than one block of a log, which such a write can tear.
  private static int filling(int number) {
    return number % 40 == 0 ? 20_000 + number * 7_919 % 40_000 : number * 37 % 400;
  }

  private void receive(In packet, Connection c) throws IOException {
    switch (packet) {
      case In.PubAck(int id, int code, _) -> finish(id, Awaits.PUBACK, code);
      case In.PubRec(int id, int code, _) -> {
        if (code >= 0x80) {
          finish(id, Awaits.PUBREC, code);
          return;
        }
        InFlight f = inFlight.get(id);
        // After PUBREL the server may yet answer a PUBLISH that was sent twice (4.3.3): PUBREL again.
        if (f != null && f.awaits == Awaits.PUBREC) {
          acknowledged(f.message);
          inFlight.put(id, new InFlight(f.message, Awaits.PUBCOMP, true));
        }
        c.send(Out.pubRel(id));
      }
      // Packet Identifier not found is right where the session was lost; that it was is reported already.
      case In.PubComp(int id, _, _) -> inFlight.remove(id);
      case In.Disconnect d -> throw new IOException("the server said " + d);
      default -> throw new AssertionError("a publisher got " + packet);
    }
  }

  private void finish(int id, Awaits awaited, int code) {
    InFlight f = inFlight.get(id);
    if (f == null || f.awaits != awaited) {
      throw new AssertionError("an acknowledgement of packet id " + id + ", which waits for "
          + (f == null ? "nothing" : f.awaits));
    }
    inFlight.remove(id);
    if (code >= 0x80) {
      ledger.refused(f.message, code);
    } else {
      acknowledged(f.message);
    }
  }

  private void acknowledged(Message m) {
    somethingWasAcknowledged = true;
    ledger.acknowledged(m);
  }
}
