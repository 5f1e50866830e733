package io.trivet.mqtt;

import io.trivet.broker.Counter;
import io.trivet.broker.Message;
import io.trivet.broker.PublishListener;
import io.trivet.broker.PublishResult;
import io.trivet.broker.QoS;
import io.trivet.broker.Session;
import io.trivet.broker.TopicName;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.PubAck;
import io.trivet.mqtt.codec.PubComp;
import io.trivet.mqtt.codec.PubRec;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.ReasonCode;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// What one client publishes: topic aliases, flow control, and acknowledgements in the order the messages came
/// (MQTT-4.6.0-2, -3), each once the store has promised what it promises.
final class Inbound implements PublishListener {
  private final MqttConnection connection;
  private final Connected connected;
  private final int receiveMaximum;
  private @Nullable TopicName[] aliases = new @Nullable TopicName[0];

  /// Publishes not yet acknowledged, oldest first; empty while every answer is immediate.
  private @Nullable ArrayDeque<Unacknowledged> waiting;

  /// How many of them are QoS 1; those of QoS 2 count in the session until their PUBREL.
  private int waitingQos1;

  private static final class Unacknowledged {
    final int packetId;
    final QoS qos;
    PublishResult result;

    Unacknowledged(int packetId, QoS qos, PublishResult result) {
      this.packetId = packetId;
      this.qos = qos;
      this.result = result;
    }
  }

  Inbound(MqttConnection connection, Connected connected) {
    this.connection = connection;
    this.connected = connected;
    this.receiveMaximum = connection.settings().receiveMaximum();
  }

  void publish(Publish p) {
    connection.loop().counters().increment(Counter.MESSAGES_RECEIVED);
    TopicName topic = p.topicAlias() == 0 ? p.topic() : resolve(p);
    if (topic == null) {
      return;
    }
    long expires = p.messageExpirySeconds() < 0
        ? Message.NEVER : connection.loop().wallMillis() + p.messageExpirySeconds() * 1_000;
    Session session = connected.session();
    Message m = new Message(
        topic, p.payload(), p.qos(), p.retain(), p.properties(), expires, session.clientId());
    if (p.qos() == QoS.AT_MOST_ONCE) {
      connection.loop().router().publish(session, m, this, 0);
      return;
    }
    if (p.qos() == QoS.EXACTLY_ONCE && session.hasReceived(p.packetId())) {
      again(p.packetId());
      return;
    }
    if (outstanding(session) >= receiveMaximum && connected.isV5()) {
      connection.loop().counters().increment(Counter.LIMIT_RECEIVE_MAXIMUM);
      connection.violated(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "MQTT-3.3.4-9",
          "more than " + receiveMaximum + " messages unacknowledged");
      return;
    }
    if (p.qos() == QoS.EXACTLY_ONCE) {
      session.received(p.packetId());
    }
    PublishResult result = connection.loop().router().publish(session, m, this, p.packetId());
    if (result == PublishResult.PENDING || waiting != null && !waiting.isEmpty()) {
      unacknowledged().add(new Unacknowledged(p.packetId(), p.qos(), result));
      waitingQos1 += p.qos() == QoS.AT_LEAST_ONCE ? 1 : 0;
      if (outstanding(session) >= receiveMaximum && !connected.isV5()) {
        connection.pause(true); // 3.1 and 3.1.1 know no Receive Maximum: the socket says it
      }
    } else {
      acknowledge(p.packetId(), p.qos(), result);
    }
  }

  private ArrayDeque<Unacknowledged> unacknowledged() {
    ArrayDeque<Unacknowledged> w = waiting;
    if (w == null) {
      w = new ArrayDeque<>();
      waiting = w;
    }
    return w;
  }

  private int outstanding(Session session) {
    return waitingQos1 + session.receivedCount();
  }

  /// A duplicate of a QoS 2 message the session has: PUBREC again, unless the first is still being stored.
  private void again(int packetId) {
    if (waiting != null && waiting.stream().anyMatch(u -> u.packetId == packetId && u.qos == QoS.EXACTLY_ONCE)) {
      return;
    }
    if (connected.session().awaitStored(packetId, this)) {
      unacknowledged().add(new Unacknowledged(packetId, QoS.EXACTLY_ONCE, PublishResult.PENDING));
    } else {
      connection.send(new PubRec(packetId, ReasonCode.SUCCESS));
    }
  }

  /// The topic an alias stands for, or null where the connection ended over it.
  private @Nullable TopicName resolve(Publish p) {
    int alias = p.topicAlias();
    if (alias > connection.settings().topicAliasMaximum()) {
      connection.violated(ReasonCode.TOPIC_ALIAS_INVALID, "MQTT-3.3.2-9", "topic alias " + alias
          + ", at most " + connection.settings().topicAliasMaximum() + " are taken");
      return null;
    }
    if (aliases.length == 0) {
      aliases = new @Nullable TopicName[connection.settings().topicAliasMaximum() + 1];
    }
    if (p.hasTopic()) {
      aliases[alias] = p.topic();
      return p.topic();
    }
    TopicName topic = aliases[alias];
    if (topic == null) {
      connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-3.3.2-7", "topic alias " + alias + " was never set");
    }
    return topic;
  }

  @Override
  public void published(int packetId, PublishResult result) {
    if (!connection.isOpen() || waiting == null) {
      return; // a client that comes back sends the message again
    }
    for (Unacknowledged u : waiting) {
      if (u.packetId == packetId && u.result == PublishResult.PENDING) {
        u.result = result;
        break;
      }
    }
    Iterator<Unacknowledged> oldest = waiting.iterator();
    while (oldest.hasNext()) {
      Unacknowledged u = oldest.next();
      if (u.result == PublishResult.PENDING) {
        break;
      }
      oldest.remove();
      waitingQos1 -= u.qos == QoS.AT_LEAST_ONCE ? 1 : 0;
      acknowledge(u.packetId, u.qos, u.result);
      if (!connection.isOpen()) {
        return;
      }
    }
    if (!connected.isV5() && outstanding(connected.session()) < receiveMaximum) {
      connection.pause(false);
    }
  }

  private void acknowledge(int packetId, QoS qos, PublishResult result) {
    ReasonCode reason = switch (result) {
      case ACCEPTED -> ReasonCode.SUCCESS;
      case NO_SUBSCRIBERS -> ReasonCode.NO_MATCHING_SUBSCRIBERS;
      case NOT_AUTHORIZED -> ReasonCode.NOT_AUTHORIZED;
      case UNFIT -> ReasonCode.PAYLOAD_FORMAT_INVALID;
      case QUOTA_EXCEEDED -> ReasonCode.QUOTA_EXCEEDED;
      case STORE_FAILED -> ReasonCode.UNSPECIFIED_ERROR;
      case PENDING -> throw new AssertionError("still pending");
    };
    boolean refused = reason.code() >= 0x80;
    // What an older client is not told of counts as done: it would send it again for ever.
    boolean isPassedOver = result == PublishResult.NOT_AUTHORIZED || result == PublishResult.UNFIT;
    if (refused && qos == QoS.EXACTLY_ONCE && (connected.isV5() || !isPassedOver)) {
      connected.session().forgetReceived(packetId);
    }
    if (refused && !connected.isV5() && !isPassedOver) {
      // 3.1 and 3.1.1 cannot say no, and an acknowledgement would promise what was not done.
      connection.disconnect(reason, "a message could not be kept");
      return;
    }
    String why = result == PublishResult.UNFIT ? "the payload is not of the form that this topic asks for" : "";
    Packet answer =
        qos == QoS.AT_LEAST_ONCE ? new PubAck(packetId, reason, why) : new PubRec(packetId, reason, why);
    connection.send(answer);
  }

  void release(int packetId) {
    connected.session().release(packetId, known -> {
      if (connection.isOpen()) {
        connection.send(new PubComp(packetId, known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
      }
    });
  }
}
