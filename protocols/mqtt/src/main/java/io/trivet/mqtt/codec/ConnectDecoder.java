package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// CONNECT of all three versions (MQTT 3.1, 3.1.1 and 5.0, section 3.1).
final class ConnectDecoder {
  private static final int RESERVED = 0x01;
  private static final int CLEAN = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  private final DecodeLimits limits;

  ConnectDecoder(DecodeLimits limits) {
    this.limits = limits;
  }

  @Nullable Connect decode(Reader r) {
    String name = r.utf8();
    int level = r.u8();
    if (r.failed()) {
      return null;
    }
    Version v = version(r, name, level);
    if (v == null) {
      return null;
    }
    r.version(v);
    int flags = r.u8();
    checkFlags(r, v, flags);
    int keepAlive = r.u16();
    Properties p = v == Version.V5 ? Properties.read(r, Property.CONNECT, false, limits) : Properties.NONE;
    if (p.has(Property.AUTHENTICATION_DATA) && !p.has(Property.AUTHENTICATION_METHOD)) {
      r.protocolError("MQTT-3.1.2.11.10", "authentication data without a method");
    }
    String clientId = r.utf8();
    Optional<WillMessage> will = (flags & WILL) == 0 || r.failed() ? Optional.empty() : will(r, v, flags);
    Optional<String> userName = has(r, v, flags, USER_NAME) ? Optional.of(r.utf8()) : Optional.empty();
    Optional<SecretBytes> password = has(r, v, flags, PASSWORD) ? Optional.of(password(r)) : Optional.empty();
    if (r.failed()) {
      password.ifPresent(SecretBytes::close);
      return null;
    }
    return new Connect(v, clientId, (flags & CLEAN) != 0, keepAlive, userName, password, will,
        p.number(Property.SESSION_EXPIRY, 0),
        (int) p.number(Property.RECEIVE_MAXIMUM, 65_535),
        p.number(Property.MAXIMUM_PACKET_SIZE, Connect.NO_MAXIMUM),
        (int) p.number(Property.TOPIC_ALIAS_MAXIMUM, 0),
        p.flag(Property.REQUEST_RESPONSE_INFORMATION, false),
        p.flag(Property.REQUEST_PROBLEM_INFORMATION, true),
        p.userProperties(),
        p.has(Property.AUTHENTICATION_METHOD) ? Optional.of(p.text(Property.AUTHENTICATION_METHOD)) : Optional.empty(),
        p.binary(Property.AUTHENTICATION_DATA));
  }

  /// In MQTT 3.1 (section 3.1) the end of the packet counts for more than the flags that promise a user name and a
  /// password: clients older than those fields set the flags without them.
  private static boolean has(Reader r, Version v, int flags, int flag) {
    return (flags & flag) != 0 && (v != Version.V3_1 || r.left() > 0);
  }

  private static @Nullable Version version(Reader r, String name, int level) {
    if (name.equals("MQTT")) {
      switch (level) {
        case 4 -> {
          return Version.V3_1_1;
        }
        case 5 -> {
          return Version.V5;
        }
        default -> r.fail(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "MQTT-3.1.2-2", "protocol level " + level);
      }
    } else if (name.equals("MQIsdp")) {
      if (level == 3) {
        return Version.V3_1;
      }
      r.fail(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "MQTT-3.1.2-2", "protocol level " + level + " of MQIsdp");
    } else {
      r.malformed("MQTT-3.1.2-1", "a protocol name that is not MQTT");
    }
    return null;
  }

  private static void checkFlags(Reader r, Version v, int flags) {
    int willQos = flags >>> 3 & 3;
    if ((flags & RESERVED) != 0 && v != Version.V3_1) {
      r.malformed("MQTT-3.1.2-3", "the reserved flag is set");
    } else if ((flags & WILL) == 0 && willQos != 0 && v != Version.V3_1) {
      r.malformed(v == Version.V5 ? "MQTT-3.1.2-11" : "MQTT-3.1.2-13", "will QoS " + willQos + " without a will");
    } else if ((flags & WILL) == 0 && (flags & WILL_RETAIN) != 0 && v != Version.V3_1) {
      r.malformed(v == Version.V5 ? "MQTT-3.1.2-13" : "MQTT-3.1.2-15", "will retain without a will");
    } else if (willQos == 3) {
      r.malformed(v == Version.V5 ? "MQTT-3.1.2-12" : "MQTT-3.1.2-14", "will QoS 3");
    } else if ((flags & PASSWORD) != 0 && (flags & USER_NAME) == 0 && v != Version.V5) {
      r.malformed("MQTT-3.1.2-22", "a password without a user name");
    }
  }

  private Optional<WillMessage> will(Reader r, Version v, int flags) {
    Properties p = v == Version.V5 ? Properties.read(r, Property.WILL, false, limits) : Properties.NONE;
    int bytes = r.u16();
    int at = r.skip(bytes);
    Bytes payload = r.binary();
    if (r.failed()) {
      return Optional.empty();
    }
    return switch (TopicName.parse(r.array(), at, at + bytes, limits.topic())) {
      case Parsed.Valid<TopicName>(TopicName topic) -> Optional.of(new WillMessage(
          topic, payload, QoS.of(flags >>> 3 & 3), (flags & WILL_RETAIN) != 0, p.ofMessage(),
          p.number(Property.WILL_DELAY, 0), p.number(Property.MESSAGE_EXPIRY, -1)));
      case Parsed.Invalid<TopicName>(String rule, String what) -> {
        if (rule.startsWith("MQTT-1.5.4")) {
          r.malformed(rule, what);
        } else {
          r.fail(ReasonCode.TOPIC_NAME_INVALID, rule, "the will's topic: " + what);
        }
        yield Optional.empty();
      }
    };
  }

  private static SecretBytes password(Reader r) {
    int bytes = r.u16();
    int at = r.skip(bytes);
    return r.failed() ? SecretBytes.copyOf(new byte[0]) : SecretBytes.copyOf(r.array(), at, bytes);
  }
}
