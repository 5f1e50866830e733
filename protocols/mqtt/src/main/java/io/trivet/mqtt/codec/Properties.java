package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The properties of one packet as read: each at most once but user properties, only those that may stand there, with
/// values in range (MQTT 5.0, section 2.2.2). May be read into again and again: what it hands out is never changed.
final class Properties {
  private static final int[] NO_IDS = new int[0];

  // Below what its construction reads: static fields are set in the order they stand in.
  static final Properties NONE = new Properties();

  private final long[] numbers = new long[Property.COUNT];
  private final @Nullable Object[] objects = new @Nullable Object[Property.COUNT];
  private long present;
  private List<UserProperty> userProperties = List.of();
  private int[] subscriptionIds = NO_IDS;
  private @Nullable TopicName responseTopic;

  /// Reads the length and the properties.
  ///
  /// @param allowed the set of identifiers that may stand there
  static Properties read(Reader r, long allowed, boolean manySubscriptionIds, DecodeLimits limits) {
    if (r.left() > 0 && r.peek() == 0) {
      r.skip(1);
      return NONE;
    }
    return new Properties().readFrom(r, allowed, manySubscriptionIds, limits);
  }

  /// Forgets what it held, then reads the length and the properties.
  ///
  /// @return this
  Properties readFrom(Reader r, long allowed, boolean manySubscriptionIds, DecodeLimits limits) {
    clear();
    int length = r.varint();
    if (length > r.left()) {
      r.malformed("MQTT-2.2.2-1", "properties longer than their packet");
    }
    int end = r.at() + length;
    while (r.at() < end && !r.failed()) {
      readOne(r, allowed, manySubscriptionIds, limits);
    }
    if (r.at() != end) {
      r.malformed("MQTT-2.2.2-1", "a property reaches beyond the property length");
    }
    return this;
  }

  private void clear() {
    for (long rest = present; rest != 0; rest &= rest - 1) {
      objects[Long.numberOfTrailingZeros(rest)] = null;
    }
    present = 0;
    userProperties = List.of();
    subscriptionIds = NO_IDS;
    responseTopic = null;
  }

  private void readOne(Reader r, long allowed, boolean manySubscriptionIds, DecodeLimits limits) {
    int id = r.varint();
    Property.Kind kind = Property.kind(id);
    if (kind == Property.Kind.NONE || (allowed & 1L << id) == 0) {
      if (id == Property.SUBSCRIPTION_ID && allowed == Property.PUBLISH_TO_SERVER) {
        r.protocolError("MQTT-3.3.4-6", "a subscription identifier in a client's PUBLISH");
      } else {
        r.malformed("MQTT-2.2.2.2", "property 0x" + Integer.toHexString(id) + " may not stand in this packet");
      }
      return;
    }
    boolean repeatable = id == Property.USER_PROPERTY || id == Property.SUBSCRIPTION_ID && manySubscriptionIds;
    if ((present & 1L << id) != 0 && !repeatable) {
      r.protocolError("MQTT-2.2.2.2", "property 0x" + Integer.toHexString(id) + " stands there twice");
      return;
    }
    present |= 1L << id;
    switch (kind) {
      case BYTE -> numbers[id] = r.u8();
      case TWO -> numbers[id] = r.u16();
      case FOUR -> numbers[id] = r.u32();
      case VARINT -> {
        numbers[id] = r.varint();
        subscriptionIds = Arrays.copyOf(subscriptionIds, subscriptionIds.length + 1);
        subscriptionIds[subscriptionIds.length - 1] = (int) numbers[id];
        if (subscriptionIds.length > limits.filtersPerPacketMax()) {
          r.fail(ReasonCode.QUOTA_EXCEEDED, "mqtt.filters-per-packet-max", "too many subscription identifiers");
        }
      }
      case UTF8 -> {
        String text = r.utf8();
        objects[id] = text;
      }
      case BINARY -> objects[id] = r.binary();
      case PAIR -> {
        if (userProperties.isEmpty()) {
          userProperties = new ArrayList<>(4);
        }
        if (userProperties.size() >= limits.userPropertiesMax()) {
          r.fail(ReasonCode.QUOTA_EXCEEDED, "mqtt.user-properties-max",
              "more than " + limits.userPropertiesMax() + " user properties");
          return;
        }
        String name = r.utf8();
        userProperties.add(new UserProperty(name, r.utf8()));
      }
      case NONE -> throw new AssertionError("handled above");
    }
    check(r, id, limits);
  }

  private void check(Reader r, int id, DecodeLimits limits) {
    if (r.failed()) {
      return;
    }
    long v = numbers[id];
    switch (id) {
      case Property.PAYLOAD_FORMAT, Property.REQUEST_PROBLEM_INFORMATION, Property.REQUEST_RESPONSE_INFORMATION,
          Property.MAXIMUM_QOS, Property.RETAIN_AVAILABLE, Property.WILDCARDS_AVAILABLE,
          Property.SUBSCRIPTION_IDS_AVAILABLE, Property.SHARED_AVAILABLE -> {
        if (v > 1) {
          r.protocolError("MQTT-2.2.2.2", "property 0x" + Integer.toHexString(id) + " is " + v + ", neither 0 nor 1");
        }
      }
      case Property.RECEIVE_MAXIMUM, Property.MAXIMUM_PACKET_SIZE, Property.SUBSCRIPTION_ID -> {
        if (v == 0) {
          r.protocolError("MQTT-2.2.2.2", "property 0x" + Integer.toHexString(id) + " is 0");
        }
      }
      case Property.TOPIC_ALIAS -> {
        if (v == 0) {
          r.fail(ReasonCode.TOPIC_ALIAS_INVALID, "MQTT-3.3.2-8", "topic alias 0");
        }
      }
      case Property.RESPONSE_TOPIC -> {
        switch (TopicName.parse(text(id), limits.topic())) {
          case Parsed.Valid<TopicName>(TopicName name) -> responseTopic = name;
          case Parsed.Invalid<TopicName>(String _, String what) ->
              r.protocolError("MQTT-3.3.2-14", "the response topic is none: " + what);
        }
      }
      default -> {}
    }
  }

  boolean has(int id) {
    return (present & 1L << id) != 0;
  }

  long number(int id, long otherwise) {
    return has(id) ? numbers[id] : otherwise;
  }

  boolean flag(int id, boolean otherwise) {
    return has(id) ? numbers[id] == 1 : otherwise;
  }

  String text(int id) {
    return objects[id] instanceof String s ? s : "";
  }

  Bytes binary(int id) {
    return objects[id] instanceof Bytes b ? b : Bytes.EMPTY;
  }

  List<UserProperty> userProperties() {
    return userProperties;
  }

  int[] subscriptionIds() {
    return subscriptionIds;
  }

  private static final long OF_MESSAGE = Property.MESSAGE & ~(1L << Property.MESSAGE_EXPIRY);

  MessageProperties ofMessage() {
    if ((present & OF_MESSAGE) == 0) {
      return MessageProperties.NONE;
    }
    return new MessageProperties(
        (int) number(Property.PAYLOAD_FORMAT, -1),
        has(Property.CONTENT_TYPE) ? text(Property.CONTENT_TYPE) : null,
        responseTopic,
        has(Property.CORRELATION_DATA) ? binary(Property.CORRELATION_DATA) : null,
        userProperties);
  }
}
