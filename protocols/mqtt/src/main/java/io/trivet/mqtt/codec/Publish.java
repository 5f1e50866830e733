package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import org.jspecify.annotations.Nullable;

/// A message on the wire (MQTT 5.0, section 3.3). A class rather than a record: its topic may be absent, where an alias
/// stands for it, and decoding one allocates nothing else but its payload.
public final class Publish implements Packet {
  private static final int[] NO_IDS = new int[0];

  private final @Nullable TopicName topic;
  private final Bytes payload;
  private final QoS qos;
  private final boolean dup;
  private final boolean retain;
  private final int packetId;
  private final int topicAlias;
  private final long messageExpirySeconds;
  private final MessageProperties properties;
  private final int[] subscriptionIds;

  /// @param topic null where `topicAlias` stands for it
  /// @param packetId 0 for QoS 0
  /// @param topicAlias 0 for none
  /// @param messageExpirySeconds -1 for never
  public Publish(
      @Nullable TopicName topic,
      Bytes payload,
      QoS qos,
      boolean dup,
      boolean retain,
      int packetId,
      int topicAlias,
      long messageExpirySeconds,
      MessageProperties properties,
      int[] subscriptionIds) {
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.dup = dup;
    this.retain = retain;
    this.packetId = packetId;
    this.topicAlias = topicAlias;
    this.messageExpirySeconds = messageExpirySeconds;
    this.properties = properties;
    this.subscriptionIds = subscriptionIds;
  }

  /// A message without anything that 5.0 added.
  public static Publish plain(TopicName topic, Bytes payload, QoS qos, boolean retain, int packetId) {
    return new Publish(topic, payload, qos, false, retain, packetId, 0, -1, MessageProperties.NONE, NO_IDS);
  }

  public boolean hasTopic() {
    return topic != null;
  }

  /// @throws IllegalStateException where only an alias came: see [#hasTopic()]
  public TopicName topic() {
    if (topic == null) {
      throw new IllegalStateException("the topic is alias " + topicAlias);
    }
    return topic;
  }

  public Bytes payload() {
    return payload;
  }

  public QoS qos() {
    return qos;
  }

  public boolean dup() {
    return dup;
  }

  public boolean retain() {
    return retain;
  }

  public int packetId() {
    return packetId;
  }

  public int topicAlias() {
    return topicAlias;
  }

  public long messageExpirySeconds() {
    return messageExpirySeconds;
  }

  public MessageProperties properties() {
    return properties;
  }

  /// Those of the matching subscriptions, as a server sends them; never written to.
  public int[] subscriptionIds() {
    return subscriptionIds;
  }

  @Override
  public String toString() {
    return "Publish[" + (topic == null ? "alias " + topicAlias : topic) + " QoS " + qos.level() + " id " + packetId
        + (dup ? " dup" : "") + (retain ? " retain" : "") + " " + payload.length() + " B]";
  }
}
