package io.trivet.lab.wire;

/// The properties of MQTT 5.0 (section 2.2.2.2), how each is written and in which packets of the server it may stand.
public enum Prop {
  PAYLOAD_FORMAT(0x01, Form.BYTE, "PUBLISH"),
  MESSAGE_EXPIRY(0x02, Form.FOUR, "PUBLISH"),
  CONTENT_TYPE(0x03, Form.TEXT, "PUBLISH"),
  RESPONSE_TOPIC(0x08, Form.TEXT, "PUBLISH"),
  CORRELATION_DATA(0x09, Form.BINARY, "PUBLISH"),
  SUBSCRIPTION_ID(0x0B, Form.VARINT, "PUBLISH"),
  SESSION_EXPIRY(0x11, Form.FOUR, "CONNACK"),
  ASSIGNED_CLIENT_ID(0x12, Form.TEXT, "CONNACK"),
  SERVER_KEEP_ALIVE(0x13, Form.TWO, "CONNACK"),
  AUTH_METHOD(0x15, Form.TEXT, "CONNACK AUTH"),
  AUTH_DATA(0x16, Form.BINARY, "CONNACK AUTH"),
  REQUEST_PROBLEM_INFORMATION(0x17, Form.BYTE, ""),
  WILL_DELAY(0x18, Form.FOUR, ""),
  REQUEST_RESPONSE_INFORMATION(0x19, Form.BYTE, ""),
  RESPONSE_INFORMATION(0x1A, Form.TEXT, "CONNACK"),
  SERVER_REFERENCE(0x1C, Form.TEXT, "CONNACK DISCONNECT"),
  REASON_STRING(0x1F, Form.TEXT, "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH"),
  RECEIVE_MAXIMUM(0x21, Form.TWO, "CONNACK"),
  TOPIC_ALIAS_MAXIMUM(0x22, Form.TWO, "CONNACK"),
  TOPIC_ALIAS(0x23, Form.TWO, "PUBLISH"),
  MAXIMUM_QOS(0x24, Form.BYTE, "CONNACK"),
  RETAIN_AVAILABLE(0x25, Form.BYTE, "CONNACK"),
  USER_PROPERTY(0x26, Form.PAIR,
      "CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH"),
  MAXIMUM_PACKET_SIZE(0x27, Form.FOUR, "CONNACK"),
  WILDCARD_AVAILABLE(0x28, Form.BYTE, "CONNACK"),
  SUBSCRIPTION_ID_AVAILABLE(0x29, Form.BYTE, "CONNACK"),
  SHARED_AVAILABLE(0x2A, Form.BYTE, "CONNACK");

  enum Form {
    BYTE,
    TWO,
    FOUR,
    VARINT,
    TEXT,
    BINARY,
    PAIR
  }

  final int id;
  final Form form;
  private final String serverPackets;

  Prop(int id, Form form, String serverPackets) {
    this.id = id;
    this.form = form;
    this.serverPackets = serverPackets;
  }

  static Prop of(int id) {
    for (Prop p : values()) {
      if (p.id == id) {
        return p;
      }
    }
    throw new AssertionError("the server sent an unknown property 0x" + Integer.toHexString(id));
  }

  boolean mayStandIn(String packet) {
    return (" " + serverPackets + " ").contains(" " + packet + " ");
  }
}
