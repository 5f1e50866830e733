package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.broker.QoS;
import io.trivet.broker.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Packets to bytes, of either side. What goes out to many receivers has a way of its own: [PublishEncoding].
@SuppressWarnings("EnumOrdinal") // retain handling is its wire value
public final class Encoder {
  private static final int HEADER_ROOM = 5;
  private static final int REMAINING_LENGTH_MAX = 268_435_455;

  private Encoder() {}

  /// The packet's size in bytes.
  public static int size(Packet p, Version v) {
    ByteSink s = new ByteSink(256);
    encode(p, v, s);
    return s.size();
  }

  /// Writes the packet behind what the sink holds.
  ///
  /// @throws IllegalArgumentException for a string or binary above 65,535 bytes, or a packet above 268,435,455; the
  /// sink then holds what it held before
  public static void encode(Packet p, Version v, ByteSink s) {
    int before = s.size();
    boolean written = false;
    try {
      write(p, v, s);
      written = true;
    } finally {
      if (!written) {
        s.truncate(before);
      }
    }
  }

  private static void write(Packet p, Version v, ByteSink s) {
    boolean v5 = v == Version.V5;
    switch (p) {
      case PubAck a -> acknowledgement(s, 0x40, a.packetId(), a.reason(), a.reasonString(), v5);
      case PubRec a -> acknowledgement(s, 0x50, a.packetId(), a.reason(), a.reasonString(), v5);
      case PubRel a -> acknowledgement(s, 0x62, a.packetId(), a.reason(), a.reasonString(), v5);
      case PubComp a -> acknowledgement(s, 0x70, a.packetId(), a.reason(), a.reasonString(), v5);
      case PingReq _ -> {
        s.u8(0xC0);
        s.u8(0);
      }
      case PingResp _ -> {
        s.u8(0xD0);
        s.u8(0);
      }
      case Connect c -> framed(s, 0x10, () -> connect(s, c));
      case ConnAck c -> framed(s, 0x20, () -> connAck(s, c, v));
      case Publish m -> publish(s, m, v5);
      case Subscribe m -> framed(s, 0x82, () -> subscribe(s, m, v5));
      case SubAck m -> framed(s, 0x90, () -> {
        s.u16(m.packetId());
        if (v5) {
          diagnostics(s, m.reasonString());
        }
        m.reasons().forEach(r -> s.u8(v5 ? r.code() : Math.min(r.code(), 0x80)));
      });
      case Unsubscribe m -> framed(s, 0xA2, () -> {
        s.u16(m.packetId());
        if (v5) {
          properties(s, () -> users(s, m.userProperties()));
        }
        m.texts().forEach(s::utf8);
      });
      case UnsubAck m -> framed(s, 0xB0, () -> {
        s.u16(m.packetId());
        if (v5) {
          diagnostics(s, m.reasonString());
          m.reasons().forEach(r -> s.u8(r.code()));
        }
      });
      case Disconnect m -> disconnect(s, m, v5);
      case Auth m -> framed(s, 0xF0, () -> auth(s, m));
    }
  }

  /// Writes a packet's body and then, before it, its type and length: bodies are small, so moving one costs little.
  private static void framed(ByteSink s, int header, Runnable body) {
    int start = s.size();
    s.take(HEADER_ROOM);
    body.run();
    close(s, start, header, true);
  }

  private static void close(ByteSink s, int start, int header, boolean typed) {
    int bodyAt = start + HEADER_ROOM;
    int length = s.size() - bodyAt;
    if (length > REMAINING_LENGTH_MAX) {
      throw new IllegalArgumentException(length + " bytes, at most " + REMAINING_LENGTH_MAX + " can be sent");
    }
    byte[] a = s.array();
    int at = start;
    if (typed) {
      a[at++] = (byte) header;
    }
    at = ByteSink.putVarint(a, at, length);
    System.arraycopy(a, bodyAt, a, at, length);
    s.truncate(at + length);
  }

  private static void properties(ByteSink s, Runnable body) {
    int start = s.size();
    s.take(HEADER_ROOM);
    body.run();
    close(s, start, 0, false);
  }

  private static void acknowledgement(
      ByteSink s, int header, int packetId, ReasonCode reason, String text, boolean v5) {
    if (!v5 || reason == ReasonCode.SUCCESS && text.isEmpty()) {
      int at = s.take(4);
      byte[] a = s.array();
      a[at] = (byte) header;
      a[at + 1] = 2;
      ByteSink.putU16(a, at + 2, packetId);
    } else if (text.isEmpty()) {
      int at = s.take(5);
      byte[] a = s.array();
      a[at] = (byte) header;
      a[at + 1] = 3;
      ByteSink.putU16(a, at + 2, packetId);
      a[at + 4] = (byte) reason.code();
    } else {
      framed(s, header, () -> {
        s.u16(packetId);
        s.u8(reason.code());
        diagnostics(s, text);
      });
    }
  }

  private static void diagnostics(ByteSink s, String reasonString) {
    properties(s, () -> text(s, Property.REASON_STRING, reasonString));
  }

  private static void text(ByteSink s, int id, String text) {
    if (!text.isEmpty()) {
      s.u8(id);
      s.utf8(text);
    }
  }

  private static void data(ByteSink s, int id, Bytes data) {
    if (!data.isEmpty()) {
      s.u8(id);
      s.binary(data);
    }
  }

  private static void two(ByteSink s, int id, int value) {
    s.u8(id);
    s.u16(value);
  }

  private static void four(ByteSink s, int id, long value) {
    s.u8(id);
    s.u32(value);
  }

  private static void flag(ByteSink s, int id, boolean value) {
    s.u8(id);
    s.u8(value ? 1 : 0);
  }

  private static void users(ByteSink s, List<UserProperty> properties) {
    for (UserProperty p : properties) {
      s.u8(Property.USER_PROPERTY);
      s.utf8(p.name());
      s.utf8(p.value());
    }
  }

  private static void connect(ByteSink s, Connect c) {
    s.utf8(c.version() == Version.V3_1 ? "MQIsdp" : "MQTT");
    s.u8(c.version().level());
    int flags = c.cleanStart() ? 0x02 : 0;
    if (c.will().isPresent()) {
      WillMessage w = c.will().get();
      flags |= 0x04 | w.qos().level() << 3 | (w.retain() ? 0x20 : 0);
    }
    s.u8(flags | (c.password().isPresent() ? 0x40 : 0) | (c.userName().isPresent() ? 0x80 : 0));
    s.u16(c.keepAliveSeconds());
    boolean v5 = c.version() == Version.V5;
    if (v5) {
      properties(s, () -> connectProperties(s, c));
    }
    s.utf8(c.clientId());
    c.will().ifPresent(w -> {
      if (v5) {
        properties(s, () -> willProperties(s, w));
      }
      s.binary(w.topic().utf8());
      s.binary(w.payload());
    });
    c.userName().ifPresent(s::utf8);
    c.password().ifPresent(p -> p.expose(secret -> {
      s.u16(secret.length);
      int at = s.take(secret.length);
      System.arraycopy(secret, 0, s.array(), at, secret.length);
      return at;
    }));
  }

  private static void connectProperties(ByteSink s, Connect c) {
    if (c.sessionExpirySeconds() != 0) {
      four(s, Property.SESSION_EXPIRY, c.sessionExpirySeconds());
    }
    if (c.receiveMaximum() != 65_535) {
      two(s, Property.RECEIVE_MAXIMUM, c.receiveMaximum());
    }
    if (c.maximumPacketSize() < Connect.NO_MAXIMUM) {
      four(s, Property.MAXIMUM_PACKET_SIZE, c.maximumPacketSize());
    }
    if (c.topicAliasMaximum() != 0) {
      two(s, Property.TOPIC_ALIAS_MAXIMUM, c.topicAliasMaximum());
    }
    if (c.requestResponseInformation()) {
      flag(s, Property.REQUEST_RESPONSE_INFORMATION, true);
    }
    if (!c.requestProblemInformation()) {
      flag(s, Property.REQUEST_PROBLEM_INFORMATION, false);
    }
    users(s, c.userProperties());
    c.authenticationMethod().ifPresent(m -> {
      s.u8(Property.AUTHENTICATION_METHOD);
      s.utf8(m);
    });
    data(s, Property.AUTHENTICATION_DATA, c.authenticationData());
  }

  private static void willProperties(ByteSink s, WillMessage w) {
    if (w.delaySeconds() != 0) {
      four(s, Property.WILL_DELAY, w.delaySeconds());
    }
    if (w.messageExpirySeconds() >= 0) {
      four(s, Property.MESSAGE_EXPIRY, w.messageExpirySeconds());
    }
    s.bytes(Bytes.wrap(PublishEncoding.properties(w.properties())));
  }

  private static void connAck(ByteSink s, ConnAck c, Version v) {
    s.u8(c.sessionPresent() && v != Version.V3_1 ? 1 : 0); // reserved in 3.1
    if (v != Version.V5) {
      s.u8(c.reason().returnCode());
      return;
    }
    s.u8(c.reason().code());
    properties(s, () -> {
      if (c.sessionExpirySeconds() >= 0) {
        four(s, Property.SESSION_EXPIRY, c.sessionExpirySeconds());
      }
      if (c.receiveMaximum() != 65_535) {
        two(s, Property.RECEIVE_MAXIMUM, c.receiveMaximum());
      }
      if (c.maximumQoS() < 2) {
        flag(s, Property.MAXIMUM_QOS, c.maximumQoS() == 1);
      }
      unavailable(s, Property.RETAIN_AVAILABLE, c.retainAvailable());
      if (c.maximumPacketSize() >= 0) {
        four(s, Property.MAXIMUM_PACKET_SIZE, c.maximumPacketSize());
      }
      text(s, Property.ASSIGNED_CLIENT_ID, c.assignedClientId());
      if (c.topicAliasMaximum() != 0) {
        two(s, Property.TOPIC_ALIAS_MAXIMUM, c.topicAliasMaximum());
      }
      text(s, Property.REASON_STRING, c.reasonString());
      unavailable(s, Property.WILDCARDS_AVAILABLE, c.wildcardsAvailable());
      unavailable(s, Property.SUBSCRIPTION_IDS_AVAILABLE, c.subscriptionIdsAvailable());
      unavailable(s, Property.SHARED_AVAILABLE, c.sharedAvailable());
      if (c.serverKeepAlive() >= 0) {
        two(s, Property.SERVER_KEEP_ALIVE, c.serverKeepAlive());
      }
      text(s, Property.RESPONSE_INFORMATION, c.responseInformation());
      text(s, Property.SERVER_REFERENCE, c.serverReference());
      text(s, Property.AUTHENTICATION_METHOD, c.authenticationMethod());
      data(s, Property.AUTHENTICATION_DATA, c.authenticationData());
    });
  }

  private static void unavailable(ByteSink s, int id, boolean available) {
    if (!available) {
      flag(s, id, false);
    }
  }

  private static void publish(ByteSink s, Publish m, boolean v5) {
    int header = 0x30 | (m.dup() ? 8 : 0) | m.qos().level() << 1 | (m.retain() ? 1 : 0);
    framed(s, header, () -> {
      if (m.hasTopic()) {
        s.binary(m.topic().utf8());
      } else {
        s.u16(0);
      }
      if (m.qos() != QoS.AT_MOST_ONCE) {
        s.u16(m.packetId());
      }
      if (v5) {
        properties(s, () -> {
          if (m.messageExpirySeconds() >= 0) {
            four(s, Property.MESSAGE_EXPIRY, m.messageExpirySeconds());
          }
          if (m.topicAlias() != 0) {
            two(s, Property.TOPIC_ALIAS, m.topicAlias());
          }
          for (int id : m.subscriptionIds()) {
            s.u8(Property.SUBSCRIPTION_ID);
            s.varint(id);
          }
          s.bytes(Bytes.wrap(PublishEncoding.properties(m.properties())));
        });
      }
      s.bytes(m.payload());
    });
  }

  private static void subscribe(ByteSink s, Subscribe m, boolean v5) {
    s.u16(m.packetId());
    if (v5) {
      properties(s, () -> {
        if (m.subscriptionId() != 0) {
          s.u8(Property.SUBSCRIPTION_ID);
          s.varint(m.subscriptionId());
        }
        users(s, m.userProperties());
      });
    }
    for (Subscription x : m.subscriptions()) {
      s.binary(Bytes.wrap(x.text().getBytes(StandardCharsets.UTF_8)));
      s.u8(!v5 ? x.qos().level() : x.qos().level() | (x.noLocal() ? 4 : 0) | (x.retainAsPublished() ? 8 : 0)
          | x.retainHandling().ordinal() << 4);
    }
  }

  private static void disconnect(ByteSink s, Disconnect m, boolean v5) {
    if (!v5 || m.equals(Disconnect.NORMAL)) {
      s.u8(0xE0);
      s.u8(0);
      return;
    }
    framed(s, 0xE0, () -> {
      s.u8(m.reason().code());
      properties(s, () -> {
        if (m.sessionExpirySeconds() >= 0) {
          four(s, Property.SESSION_EXPIRY, m.sessionExpirySeconds());
        }
        text(s, Property.REASON_STRING, m.reasonString());
        text(s, Property.SERVER_REFERENCE, m.serverReference());
      });
    });
  }

  private static void auth(ByteSink s, Auth m) {
    s.u8(m.reason().code());
    properties(s, () -> {
      text(s, Property.AUTHENTICATION_METHOD, m.method());
      data(s, Property.AUTHENTICATION_DATA, m.data());
      text(s, Property.REASON_STRING, m.reasonString());
    });
  }
}
