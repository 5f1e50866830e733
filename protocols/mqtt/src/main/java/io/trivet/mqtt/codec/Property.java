package io.trivet.mqtt.codec;

/// The properties of MQTT 5.0, by identifier (section 2.2.2.2), and where each may stand.
final class Property {
  static final int PAYLOAD_FORMAT = 0x01;
  static final int MESSAGE_EXPIRY = 0x02;
  static final int CONTENT_TYPE = 0x03;
  static final int RESPONSE_TOPIC = 0x08;
  static final int CORRELATION_DATA = 0x09;
  static final int SUBSCRIPTION_ID = 0x0B;
  static final int SESSION_EXPIRY = 0x11;
  static final int ASSIGNED_CLIENT_ID = 0x12;
  static final int SERVER_KEEP_ALIVE = 0x13;
  static final int AUTHENTICATION_METHOD = 0x15;
  static final int AUTHENTICATION_DATA = 0x16;
  static final int REQUEST_PROBLEM_INFORMATION = 0x17;
  static final int WILL_DELAY = 0x18;
  static final int REQUEST_RESPONSE_INFORMATION = 0x19;
  static final int RESPONSE_INFORMATION = 0x1A;
  static final int SERVER_REFERENCE = 0x1C;
  static final int REASON_STRING = 0x1F;
  static final int RECEIVE_MAXIMUM = 0x21;
  static final int TOPIC_ALIAS_MAXIMUM = 0x22;
  static final int TOPIC_ALIAS = 0x23;
  static final int MAXIMUM_QOS = 0x24;
  static final int RETAIN_AVAILABLE = 0x25;
  static final int USER_PROPERTY = 0x26;
  static final int MAXIMUM_PACKET_SIZE = 0x27;
  static final int WILDCARDS_AVAILABLE = 0x28;
  static final int SUBSCRIPTION_IDS_AVAILABLE = 0x29;
  static final int SHARED_AVAILABLE = 0x2A;

  static final int COUNT = 0x2B;

  private Property() {}

  enum Kind {
    NONE,
    BYTE,
    TWO,
    FOUR,
    VARINT,
    UTF8,
    BINARY,
    PAIR
  }

  static Kind kind(int id) {
    return switch (id) {
      case PAYLOAD_FORMAT, REQUEST_PROBLEM_INFORMATION, REQUEST_RESPONSE_INFORMATION, MAXIMUM_QOS, RETAIN_AVAILABLE,
          WILDCARDS_AVAILABLE, SUBSCRIPTION_IDS_AVAILABLE, SHARED_AVAILABLE -> Kind.BYTE;
      case SERVER_KEEP_ALIVE, RECEIVE_MAXIMUM, TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS -> Kind.TWO;
      case MESSAGE_EXPIRY, SESSION_EXPIRY, WILL_DELAY, MAXIMUM_PACKET_SIZE -> Kind.FOUR;
      case SUBSCRIPTION_ID -> Kind.VARINT;
      case CONTENT_TYPE, RESPONSE_TOPIC, ASSIGNED_CLIENT_ID, AUTHENTICATION_METHOD, RESPONSE_INFORMATION,
          SERVER_REFERENCE, REASON_STRING -> Kind.UTF8;
      case CORRELATION_DATA, AUTHENTICATION_DATA -> Kind.BINARY;
      case USER_PROPERTY -> Kind.PAIR;
      default -> Kind.NONE;
    };
  }

  static final long MESSAGE = set(
      PAYLOAD_FORMAT, MESSAGE_EXPIRY, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA, USER_PROPERTY);
  static final long WILL = MESSAGE | set(WILL_DELAY);
  static final long PUBLISH_TO_SERVER = MESSAGE | set(TOPIC_ALIAS);
  static final long PUBLISH_TO_CLIENT = PUBLISH_TO_SERVER | set(SUBSCRIPTION_ID);
  static final long CONNECT = set(
      SESSION_EXPIRY, RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE, TOPIC_ALIAS_MAXIMUM, REQUEST_RESPONSE_INFORMATION,
      REQUEST_PROBLEM_INFORMATION, USER_PROPERTY, AUTHENTICATION_METHOD, AUTHENTICATION_DATA);
  static final long CONNACK = set(
      SESSION_EXPIRY, RECEIVE_MAXIMUM, MAXIMUM_QOS, RETAIN_AVAILABLE, MAXIMUM_PACKET_SIZE, ASSIGNED_CLIENT_ID,
      TOPIC_ALIAS_MAXIMUM, REASON_STRING, USER_PROPERTY, WILDCARDS_AVAILABLE, SUBSCRIPTION_IDS_AVAILABLE,
      SHARED_AVAILABLE, SERVER_KEEP_ALIVE, RESPONSE_INFORMATION, SERVER_REFERENCE, AUTHENTICATION_METHOD,
      AUTHENTICATION_DATA);
  static final long ACK = set(REASON_STRING, USER_PROPERTY);
  static final long SUBSCRIBE = set(SUBSCRIPTION_ID, USER_PROPERTY);
  static final long UNSUBSCRIBE = set(USER_PROPERTY);
  static final long DISCONNECT_TO_SERVER = set(SESSION_EXPIRY, REASON_STRING, USER_PROPERTY);
  static final long DISCONNECT_TO_CLIENT = set(REASON_STRING, USER_PROPERTY, SERVER_REFERENCE);
  static final long AUTH = set(AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);

  private static long set(int... ids) {
    long bits = 0;
    for (int id : ids) {
      bits |= 1L << id;
    }
    return bits;
  }
}
