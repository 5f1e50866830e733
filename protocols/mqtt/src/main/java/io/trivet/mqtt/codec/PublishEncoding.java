package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.UserProperty;
import org.jspecify.annotations.Nullable;

/// A message as it goes out to any number of receivers: topic, properties and payload encoded once for a family of
/// versions, kept with the message; each receiver costs a copy and the few bytes that differ.
///
/// ```
/// flags | remaining length | topic or alias | packet id | property length | per receiver | the same for all | payload
/// ```
public final class PublishEncoding {
  private static final byte[] NO_PROPERTIES = new byte[0];

  private final Bytes topic;
  private final byte[] properties;
  private final Bytes payload;
  private final boolean v5;

  private PublishEncoding(Bytes topic, byte[] properties, Bytes payload, boolean v5) {
    this.topic = topic;
    this.properties = properties;
    this.payload = payload;
    this.v5 = v5;
  }

  /// The message's encoding, made at the first call and kept in the message.
  public static PublishEncoding of(Message m, boolean v5) {
    int slot = v5 ? 1 : 0;
    @Nullable Object kept = m.encoding(slot);
    if (kept instanceof PublishEncoding e) {
      return e;
    }
    PublishEncoding e = new PublishEncoding(
        m.topic().utf8(), v5 ? properties(m.properties()) : NO_PROPERTIES, m.payload(), v5);
    m.keepEncoding(slot, e);
    return e;
  }

  /// The properties that travel with a message, without their length.
  static byte[] properties(MessageProperties p) {
    if (p.isNone()) {
      return NO_PROPERTIES;
    }
    ByteSink s = new ByteSink(128);
    if (p.payloadFormat() >= 0) {
      s.u8(Property.PAYLOAD_FORMAT);
      s.u8(p.payloadFormat());
    }
    p.contentType().ifPresent(t -> {
      s.u8(Property.CONTENT_TYPE);
      s.utf8(t);
    });
    p.responseTopic().ifPresent(t -> {
      s.u8(Property.RESPONSE_TOPIC);
      s.binary(t.utf8());
    });
    p.correlationData().ifPresent(d -> {
      s.u8(Property.CORRELATION_DATA);
      s.binary(d);
    });
    for (UserProperty u : p.userProperties()) {
      s.u8(Property.USER_PROPERTY);
      s.utf8(u.name());
      s.utf8(u.value());
    }
    return s.toBytes().toArray();
  }

  private int ownPropertyBytes(int[] ids, int alias, long expirySeconds) {
    int bytes = (alias == 0 ? 0 : 3) + (expirySeconds < 0 ? 0 : 5);
    for (int id : ids) {
      bytes += 1 + ByteSink.varintSize(id);
    }
    return bytes;
  }

  /// The packet's size in bytes for one receiver; the parameters are those of [#write].
  public int size(QoS qos, int[] ids, int alias, boolean known, long expirySeconds) {
    int remaining = remaining(qos, ids, alias, known, expirySeconds);
    return 1 + ByteSink.varintSize(remaining) + remaining;
  }

  private int remaining(QoS qos, int[] ids, int alias, boolean known, long expirySeconds) {
    int bytes = 2 + (known ? 0 : topic.length()) + (qos == QoS.AT_MOST_ONCE ? 0 : 2) + payload.length();
    if (v5) {
      int props = ownPropertyBytes(ids, alias, expirySeconds) + properties.length;
      bytes += ByteSink.varintSize(props) + props;
    }
    return bytes;
  }

  /// Writes the packet for one receiver; allocates nothing but what the sink needs.
  ///
  /// @param packetId written for QoS 1 and 2
  /// @param alias the topic's alias, or 0 for none
  /// @param known whether the receiver knows the alias, so that the topic is left out
  /// @param expirySeconds what is left of the message's life, or -1 for no limit
  public void write(
      ByteSink sink, QoS qos, boolean dup, boolean retain, int packetId, int[] ids, int alias, boolean known,
      long expirySeconds) {
    int remaining = remaining(qos, ids, alias, known, expirySeconds);
    int at = sink.take(1 + ByteSink.varintSize(remaining) + remaining);
    byte[] a = sink.array();
    a[at++] = (byte) (0x30 | (dup ? 8 : 0) | qos.level() << 1 | (retain ? 1 : 0));
    at = ByteSink.putVarint(a, at, remaining);
    if (known) {
      at = ByteSink.putU16(a, at, 0);
    } else {
      at = ByteSink.putU16(a, at, topic.length());
      topic.copyTo(a, at);
      at += topic.length();
    }
    if (qos != QoS.AT_MOST_ONCE) {
      at = ByteSink.putU16(a, at, packetId);
    }
    if (v5) {
      at = ByteSink.putVarint(a, at, ownPropertyBytes(ids, alias, expirySeconds) + properties.length);
      at = putOwn(a, at, ids, alias, expirySeconds);
      System.arraycopy(properties, 0, a, at, properties.length);
      at += properties.length;
    }
    payload.copyTo(a, at);
  }

  private static int putOwn(byte[] a, int from, int[] ids, int alias, long expirySeconds) {
    int at = from;
    if (expirySeconds >= 0) {
      a[at++] = Property.MESSAGE_EXPIRY;
      at = ByteSink.putU16(a, at, (int) (expirySeconds >>> 16));
      at = ByteSink.putU16(a, at, (int) expirySeconds);
    }
    if (alias != 0) {
      a[at++] = Property.TOPIC_ALIAS;
      at = ByteSink.putU16(a, at, alias);
    }
    for (int id : ids) {
      a[at++] = Property.SUBSCRIPTION_ID;
      at = ByteSink.putVarint(a, at, id);
    }
    return at;
  }
}
