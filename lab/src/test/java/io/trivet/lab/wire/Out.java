package io.trivet.lab.wire;

import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A packet for the server, written as it is described, also where that is wrong. What is not said has the value that
/// makes the packet right.
public interface Out {
  byte[] bytes(Version version);

  /// Any bytes, in hexadecimal.
  static Out hex(String digits) {
    return _ -> Bytes.hex(digits).toArray();
  }

  /// The same packet under another first byte, to get flags or a type wrong.
  default Out withFirstByte(int first) {
    return version -> {
      byte[] copy = bytes(version).clone();
      copy[0] = (byte) first;
      return copy;
    };
  }

  /// A packet of `type` and flags, with a body that the writer gives.
  static Out packet(int firstByte, Writer body) {
    return _ -> body.toPacket(firstByte);
  }

  static Connect connect(String clientId) {
    return new Connect(clientId);
  }

  static Publish publish(String topic) {
    return new Publish(topic);
  }

  static Subscribe subscribe(int id) {
    return new Subscribe(id);
  }

  static Unsubscribe unsubscribe(int id, String... filters) {
    return new Unsubscribe(id, filters);
  }

  static Ack pubAck(int id) {
    return new Ack(0x40, id);
  }

  static Ack pubRec(int id) {
    return new Ack(0x50, id);
  }

  static Ack pubRel(int id) {
    return new Ack(0x62, id);
  }

  static Ack pubComp(int id) {
    return new Ack(0x70, id);
  }

  static Out pingReq() {
    return hex("C0 00");
  }

  static Reason disconnect() {
    return new Reason(0xE0);
  }

  static Reason auth() {
    return new Reason(0xF0);
  }

  /// Text as its UTF-8, anything else as the bytes it is.
  private static byte[] utf8(Object text) {
    return text instanceof Bytes b ? b.toArray() : ((String) text).getBytes(StandardCharsets.UTF_8);
  }

  final class Connect implements Out {
    private Object clientId;
    private @Nullable String protocolName;
    private int level = -1;
    private boolean clean = true;
    private int keepAlive;
    private int flagsOr;
    private int flagsAnd = 0xFF;
    private @Nullable Object userName;
    private byte @Nullable [] password;
    private @Nullable Publish will;
    private Props willProps = Props.NONE;
    private Props props = Props.NONE;
    private byte[] trailing = {};

    Connect(Object clientId) {
      this.clientId = clientId;
    }

    public Connect clientIdBytes(String hex) {
      clientId = Bytes.hex(hex);
      return this;
    }

    public Connect protocol(String name, int newLevel) {
      protocolName = name;
      level = newLevel;
      return this;
    }

    public Connect clean(boolean value) {
      clean = value;
      return this;
    }

    public Connect keepAlive(int seconds) {
      keepAlive = seconds;
      return this;
    }

    public Connect user(Object name) {
      userName = name;
      return this;
    }

    public Connect password(String text) {
      password = text.getBytes(StandardCharsets.UTF_8);
      return this;
    }

    /// The topic, payload, QoS and retain flag of a PUBLISH, as a will.
    public Connect will(Publish message) {
      will = message;
      return this;
    }

    public Connect willProp(Prop prop, Object value) {
      willProps = willProps.with(prop, value);
      return this;
    }

    public Connect prop(Prop prop, Object value) {
      props = props.with(prop, value);
      return this;
    }

    public Connect sessionExpiry(long seconds) {
      return prop(Prop.SESSION_EXPIRY, seconds);
    }

    /// Sets bits in the connect flags that the payload does not bear out.
    public Connect flagsOr(int bits) {
      flagsOr = bits;
      return this;
    }

    /// Clears bits in the connect flags although the payload is as if they were set.
    public Connect flagsAnd(int bits) {
      flagsAnd = bits;
      return this;
    }

    /// Bytes after the last field of the payload.
    public Connect trailing(String hex) {
      trailing = Bytes.hex(hex).toArray();
      return this;
    }

    @Override
    public byte[] bytes(Version version) {
      int flags = clean ? 0x02 : 0;
      Publish w = will;
      if (w != null) {
        flags |= 0x04 | w.qos << 3 | (w.retain ? 0x20 : 0);
      }
      flags |= password == null ? 0 : 0x40;
      flags |= userName == null ? 0 : 0x80;
      Writer out = new Writer()
          .text(protocolName == null ? version.protocolName : protocolName)
          .u8(level < 0 ? version.level : level)
          .u8((flags | flagsOr) & flagsAnd)
          .u16(keepAlive);
      if (version == Version.V5) {
        props.writeTo(out);
      }
      out.field(utf8(clientId));
      if (w != null) {
        if (version == Version.V5) {
          willProps.writeTo(out);
        }
        out.field(utf8(w.topic)).field(w.payload);
      }
      if (userName != null) {
        out.field(utf8(userName));
      }
      if (password != null) {
        out.field(password);
      }
      return out.raw(trailing).toPacket(0x10);
    }
  }

  final class Publish implements Out {
    private Object topic;
    private byte[] payload = {};
    private int qos;
    private boolean dup;
    private boolean retain;
    private int id;
    private Props props = Props.NONE;

    Publish(Object topic) {
      this.topic = topic;
    }

    public Publish topicBytes(String hex) {
      topic = Bytes.hex(hex);
      return this;
    }

    public Publish payload(String text) {
      payload = text.getBytes(StandardCharsets.UTF_8);
      return this;
    }

    /// A payload of so many bytes.
    public Publish payload(int size) {
      payload = new byte[size];
      Arrays.fill(payload, (byte) 'x');
      return this;
    }

    /// @param newId the packet identifier
    public Publish qos(int newQos, int newId) {
      qos = newQos;
      id = newId;
      return this;
    }

    /// For a will, which has no packet identifier.
    public Publish qos(int newQos) {
      qos = newQos;
      return this;
    }

    public Publish dup() {
      dup = true;
      return this;
    }

    public Publish retain() {
      retain = true;
      return this;
    }

    public Publish prop(Prop prop, Object value) {
      props = props.with(prop, value);
      return this;
    }

    @Override
    public byte[] bytes(Version version) {
      Writer out = new Writer().field(utf8(topic));
      if (qos > 0) {
        out.u16(id);
      }
      if (version == Version.V5) {
        props.writeTo(out);
      }
      return out.raw(payload).toPacket(0x30 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0));
    }
  }

  final class Subscribe implements Out {
    private record Wanted(Object filter, int options) {}

    private final int id;
    private final List<Wanted> wanted = new ArrayList<>();
    private Props props = Props.NONE;

    Subscribe(int id) {
      this.id = id;
    }

    /// @param options the QoS, or the whole options byte
    public Subscribe to(String filter, int options) {
      wanted.add(new Wanted(filter, options));
      return this;
    }

    public Subscribe toBytes(String filterHex, int options) {
      wanted.add(new Wanted(Bytes.hex(filterHex), options));
      return this;
    }

    public Subscribe prop(Prop prop, Object value) {
      props = props.with(prop, value);
      return this;
    }

    @Override
    public byte[] bytes(Version version) {
      Writer out = new Writer().u16(id);
      if (version == Version.V5) {
        props.writeTo(out);
      }
      wanted.forEach(w -> out.field(utf8(w.filter)).u8(w.options));
      return out.toPacket(0x82);
    }
  }

  final class Unsubscribe implements Out {
    private final int id;
    private final List<Object> filters = new ArrayList<>();

    Unsubscribe(int id, String... filters) {
      this.id = id;
      this.filters.addAll(List.of(filters));
    }

    public Unsubscribe fromBytes(String filterHex) {
      filters.add(Bytes.hex(filterHex));
      return this;
    }

    @Override
    public byte[] bytes(Version version) {
      Writer out = new Writer().u16(id);
      if (version == Version.V5) {
        Props.NONE.writeTo(out);
      }
      filters.forEach(f -> out.field(utf8(f)));
      return out.toPacket(0xA2);
    }
  }

  /// PUBACK, PUBREC, PUBREL or PUBCOMP: two bytes long unless a reason or property is given.
  final class Ack implements Out {
    private final int first;
    private final int id;
    private int code = -1;
    private Props props = Props.NONE;

    Ack(int first, int id) {
      this.first = first;
      this.id = id;
    }

    public Ack code(int reason) {
      code = reason;
      return this;
    }

    public Ack prop(Prop prop, Object value) {
      props = props.with(prop, value);
      return this;
    }

    @Override
    public byte[] bytes(Version version) {
      Writer out = new Writer().u16(id);
      boolean properties = !props.entries().isEmpty();
      if (version == Version.V5 && (code >= 0 || properties)) {
        out.u8(Math.max(code, 0));
        if (properties) {
          props.writeTo(out);
        }
      }
      return out.toPacket(first);
    }
  }

  /// DISCONNECT or AUTH.
  final class Reason implements Out {
    private final int first;
    private int code = -1;
    private Props props = Props.NONE;

    Reason(int first) {
      this.first = first;
    }

    public Reason code(int reason) {
      code = reason;
      return this;
    }

    public Reason prop(Prop prop, Object value) {
      props = props.with(prop, value);
      return this;
    }

    @Override
    public byte[] bytes(Version version) {
      Writer out = new Writer();
      boolean properties = !props.entries().isEmpty();
      if (version == Version.V5 && (code >= 0 || properties)) {
        out.u8(Math.max(code, 0));
        props.writeTo(out);
      }
      return out.toPacket(first);
    }
  }
}
