package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import org.jspecify.annotations.Nullable;

/// Bytes to packets, for one connection. Looks at the size before the body, copies what its packets keep of the bytes
/// it is given, and learns the version from CONNECT (as a server) or by [#version(Version)] (as a client).
public final class Decoder {
  private static final int HEADER_BYTES_MAX = 5;
  private static final int CONNECT = 1;
  private static final int PUBLISH = 3;

  private final DecodeLimits limits;
  private final Side side;
  private final TopicNames names;
  private final Reader r = new Reader();
  private final ConnectDecoder connects;
  private final ControlDecoder controls;
  private Version version = Version.V3_1_1;
  private boolean greeted;
  private @Nullable Properties scratch;

  public Decoder(DecodeLimits limits, Side side, TopicNames names) {
    this.limits = limits;
    this.side = side;
    this.names = names;
    this.connects = new ConnectDecoder(limits);
    this.controls = new ControlDecoder(limits, side);
  }

  /// What a client's decoder is to expect of the server it has asked.
  public void version(Version v) {
    version = v;
  }

  /// Reads the packet at the beginning of `buf[from, to)`.
  public Frame decode(byte[] buf, int from, int to) {
    if (to - from < 2) {
      return new Frame.NeedMore(2);
    }
    int length = 0;
    int at = from + 1;
    int shift = 0;
    while (true) {
      if (at == to) {
        return new Frame.NeedMore(to - from + 1);
      }
      int b = buf[at++];
      length |= (b & 0x7F) << shift;
      if (b >= 0) {
        if (b == 0 && shift > 0) {
          return malformed("MQTT-1.5.5-1", "a remaining length longer than it need be");
        }
        break;
      }
      shift += 7;
      if (at - from == HEADER_BYTES_MAX) {
        return malformed("MQTT-1.5.5-1", "a remaining length of more than four bytes");
      }
    }
    int type = (buf[from] & 0xFF) >>> 4;
    int flags = buf[from] & 0x0F;
    Frame.Broken refused = refused(type, flags, at - from + length);
    if (refused != null) {
      return refused;
    }
    if (to - at < length) {
      return new Frame.NeedMore(at - from + length);
    }
    r.on(buf, at, at + length, version);
    Packet p = type == PUBLISH ? publish(flags) : control(type);
    Frame.Broken fault = r.fault();
    if (fault == null && r.left() > 0) {
      r.malformed("MQTT-4.13.1-1", r.left() + " bytes too many at the end of a packet");
      fault = r.fault();
      if (p instanceof Connect c) {
        c.password().ifPresent(SecretBytes::close);
      }
    }
    if (fault != null) {
      return fault;
    }
    if (p == null) {
      throw new AssertionError("neither a packet nor a fault");
    }
    greeted = true;
    return new Frame.Whole(p, at - from + length);
  }

  /// What the fixed header alone rules out, before a byte of the body is awaited.
  private Frame.@Nullable Broken refused(int type, int flags, int bytes) {
    boolean versionKnown = greeted || side == Side.CLIENT;
    if (type == 0 || type == 15 && version != Version.V5 && versionKnown) {
      return malformed("MQTT-2.1.2", "packet type " + type + " is forbidden");
    }
    if (!greeted && side == Side.SERVER && type != CONNECT) {
      return new Frame.Broken(ReasonCode.PROTOCOL_ERROR, "MQTT-3.1.0-1", "the first packet is no CONNECT");
    }
    int expected = type == 6 || type == 8 || type == 10 ? 2 : 0;
    // MQTT 3.1 used these bits of SUBSCRIBE, UNSUBSCRIBE and PUBREL for a DUP flag.
    int ignored = version == Version.V3_1 && expected == 2 ? 0x8 : 0;
    if (type != PUBLISH && (flags & ~ignored) != expected) {
      return malformed("MQTT-2.1.3-1", "reserved flags 0x" + Integer.toHexString(flags) + " of packet type " + type);
    }
    int most = greeted ? limits.packetBytesMax() : limits.connectBytesMax();
    if (bytes > most) {
      return new Frame.Broken(ReasonCode.PACKET_TOO_LARGE,
          greeted ? "mqtt.packet-bytes-max" : "mqtt.connect-bytes-max",
          "a packet of " + bytes + " bytes, at most " + most + " are taken");
    }
    return null;
  }

  private Frame.Broken malformed(String rule, String what) {
    return new Frame.Broken(ReasonCode.MALFORMED_PACKET, Statements.in(version, rule), what);
  }

  private @Nullable Packet control(int type) {
    if (type == CONNECT && side == Side.SERVER) {
      Connect c = connects.decode(r);
      if (c != null && !greeted) {
        version = c.version();
      }
      return c;
    }
    return controls.decode(r, type, version);
  }

  private @Nullable Packet publish(int flags) {
    int level = flags >>> 1 & 3;
    boolean dup = (flags & 8) != 0;
    if (level == 3) {
      r.malformed("MQTT-3.3.1-4", "QoS 3");
      return null;
    }
    if (level == 0 && dup) {
      r.malformed("MQTT-3.3.1-2", "a DUP flag on QoS 0");
      return null;
    }
    int topicBytes = r.u16();
    int topicAt = r.skip(topicBytes);
    int id = level == 0 ? 0 : r.u16();
    if (level > 0 && id == 0) {
      r.protocolError("MQTT-2.2.1-3", "packet identifier 0");
    }
    Properties properties = version == Version.V5 ? publishProperties() : Properties.NONE;
    if (r.failed()) {
      return null;
    }
    int alias = (int) properties.number(Property.TOPIC_ALIAS, 0);
    TopicName topic = null;
    if (topicBytes > 0 || alias == 0) {
      topic = topic(topicAt, topicBytes);
      if (topic == null) {
        return null;
      }
    }
    Bytes payload = Bytes.copyOf(r.array(), r.at(), r.left());
    r.skip(r.left());
    return new Publish(topic, payload, QoS.of(level), dup, (flags & 1) != 0, id, alias,
        properties.number(Property.MESSAGE_EXPIRY, -1), properties.ofMessage(), properties.subscriptionIds());
  }

  /// Read into the same object each time: a message with properties allocates what it keeps of them and no more.
  private Properties publishProperties() {
    if (r.left() > 0 && r.peek() == 0) {
      r.skip(1);
      return Properties.NONE;
    }
    Properties p = scratch;
    if (p == null) {
      p = new Properties();
      scratch = p;
    }
    return side == Side.SERVER
        ? p.readFrom(r, Property.PUBLISH_TO_SERVER, false, limits)
        : p.readFrom(r, Property.PUBLISH_TO_CLIENT, true, limits);
  }

  private @Nullable TopicName topic(int from, int bytes) {
    TopicName known = names.known(r.array(), from, from + bytes);
    if (known != null) {
      return known;
    }
    switch (names.parse(r.array(), from, from + bytes, limits.topic())) {
      case Parsed.Valid<TopicName>(TopicName name) -> {
        return name;
      }
      case Parsed.Invalid<TopicName>(String rule, String what) -> {
        if (bytes == 0) {
          r.protocolError("MQTT-3.3.2-1", "neither a topic name nor an alias");
        } else if (rule.startsWith("MQTT-1.5.4")) {
          r.malformed(rule, what);
        } else {
          r.fail(ReasonCode.TOPIC_NAME_INVALID, rule, what);
        }
        return null;
      }
    }
  }
}
