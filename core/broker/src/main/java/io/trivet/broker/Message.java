package io.trivet.broker;

import io.trivet.base.Bytes;
import org.jspecify.annotations.Nullable;

/// An application message on its way through the server: immutable, shared by all its receivers.
public final class Message {
  /// The value of [#expiresAtMillis()] of a message that never expires.
  public static final long NEVER = Long.MAX_VALUE;

  private final TopicName topic;
  private final Bytes payload;
  private final QoS qos;
  private final boolean retain;
  private final MessageProperties properties;
  private final long expiresAtMillis;
  private final ClientId publisher;

  /// The bytes a protocol made of this message, kept for the next receiver: see [#encoding(int)].
  private final @Nullable Object[] encodings = new @Nullable Object[ENCODINGS];

  private static final int ENCODINGS = 3;

  /// @param expiresAtMillis wall-clock milliseconds after which nobody receives it any more, or [#NEVER]
  /// @param publisher the session that published it, for no-local; the server's own messages name the server
  public Message(
      TopicName topic,
      Bytes payload,
      QoS qos,
      boolean retain,
      MessageProperties properties,
      long expiresAtMillis,
      ClientId publisher) {
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.retain = retain;
    this.properties = properties;
    this.expiresAtMillis = expiresAtMillis;
    this.publisher = publisher;
  }

  public TopicName topic() {
    return topic;
  }

  public Bytes payload() {
    return payload;
  }

  public QoS qos() {
    return qos;
  }

  /// As published: whether the server is to keep it for later subscribers.
  public boolean retain() {
    return retain;
  }

  public MessageProperties properties() {
    return properties;
  }

  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  public boolean isExpired(long wallMillis) {
    return wallMillis >= expiresAtMillis;
  }

  public ClientId publisher() {
    return publisher;
  }

  /// The same message as another protocol step wants it, for example without its retain flag.
  public Message withRetain(boolean newRetain) {
    return new Message(topic, payload, qos, newRetain, properties, expiresAtMillis, publisher);
  }

  public Message withQoS(QoS newQoS) {
    return new Message(topic, payload, newQoS, retain, properties, expiresAtMillis, publisher);
  }

  /// What it holds in memory, for the limits on queues; an upper estimate in bytes.
  public int weight() {
    return 96 + payload.length() + properties.weight();
  }

  /// The encoding kept in a slot, or null: 0 for MQTT 3.1 and 3.1.1, 1 for MQTT 5.0, 2 for CoAP. A racing
  /// reader on another loop sees either nothing, and encodes again, or a whole value, since what is kept is immutable.
  public @Nullable Object encoding(int slot) {
    return encodings[slot];
  }

  public void keepEncoding(int slot, Object encoding) {
    encodings[slot] = encoding;
  }

  @Override
  public String toString() {
    return topic + " QoS " + qos.level() + (retain ? " retained " : " ") + payload.length() + " B";
  }
}
