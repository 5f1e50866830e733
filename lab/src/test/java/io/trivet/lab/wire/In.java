package io.trivet.lab.wire;

import io.trivet.base.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A packet that the server sent. Reading is strict: a flag, length, property or reason code that the server was not
/// allowed to write fails the test which reads it.
public sealed interface In {
  record ConnAck(boolean sessionPresent, int code, Props props) implements In {}

  /// @param id 0 where QoS is 0
  record Publish(String topic, Bytes payload, int qos, boolean dup, boolean retain, int id, Props props)
      implements In {
    public String text() {
      return payload.asUtf8();
    }
  }

  record PubAck(int id, int code, Props props) implements In {}

  record PubRec(int id, int code, Props props) implements In {}

  record PubRel(int id, int code, Props props) implements In {}

  record PubComp(int id, int code, Props props) implements In {}

  record SubAck(int id, List<Integer> codes, Props props) implements In {}

  /// @param codes empty before MQTT 5.0
  record UnsubAck(int id, List<Integer> codes, Props props) implements In {}

  record PingResp() implements In {}

  record Disconnect(int code, Props props) implements In {}

  record Auth(int code, Props props) implements In {}

  /// Reason codes that MQTT 5.0 lets a server send, section by section.
  Set<Integer> CONNACK_CODES = Set.of(0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C,
      0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F);
  Set<Integer> PUBACK_CODES = Set.of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
  Set<Integer> PUBREL_CODES = Set.of(0x00, 0x92);
  Set<Integer> SUBACK_CODES = Set.of(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2);
  Set<Integer> UNSUBACK_CODES = Set.of(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91);
  Set<Integer> DISCONNECT_CODES = Set.of(0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x8F, 0x90,
      0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2);
  Set<Integer> AUTH_CODES = Set.of(0x00, 0x18);

  /// @param first the first byte of the fixed header
  static In parse(int first, byte[] body, Version version) {
    Reader in = new Reader(body);
    boolean v5 = version == Version.V5;
    int type = first >> 4;
    if (type != 3) {
      require((first & 0x0F) == (type == 6 ? 2 : 0), "flags " + (first & 0x0F) + " on packet type " + type);
    }
    In packet = switch (type) {
      case 2 -> connAck(in, v5);
      case 3 -> publish(first & 0x0F, in, v5);
      case 4 -> {
        Ack a = ack(in, v5, "PUBACK", PUBACK_CODES);
        yield new PubAck(a.id, a.code, a.props);
      }
      case 5 -> {
        Ack a = ack(in, v5, "PUBREC", PUBACK_CODES);
        yield new PubRec(a.id, a.code, a.props);
      }
      case 6 -> {
        Ack a = ack(in, v5, "PUBREL", PUBREL_CODES);
        yield new PubRel(a.id, a.code, a.props);
      }
      case 7 -> {
        Ack a = ack(in, v5, "PUBCOMP", PUBREL_CODES);
        yield new PubComp(a.id, a.code, a.props);
      }
      case 9 -> {
        int id = in.u16();
        Props props = v5 ? Props.readFrom(in, "SUBACK") : Props.NONE;
        yield new SubAck(id, codes(in, v5 ? SUBACK_CODES : Set.of(0, 1, 2, 0x80), "SUBACK"), props);
      }
      case 11 -> {
        int id = in.u16();
        Props props = v5 ? Props.readFrom(in, "UNSUBACK") : Props.NONE;
        yield new UnsubAck(id, codes(in, v5 ? UNSUBACK_CODES : Set.of(), "UNSUBACK"), props);
      }
      case 13 -> new PingResp();
      case 14 -> {
        require(v5, "a DISCONNECT to a client of " + version);
        int code = in.isAtEnd() ? 0 : code(in, DISCONNECT_CODES, "DISCONNECT");
        yield new Disconnect(code, in.isAtEnd() ? Props.NONE : Props.readFrom(in, "DISCONNECT"));
      }
      case 15 -> {
        require(v5, "an AUTH to a client of " + version);
        int code = in.isAtEnd() ? 0 : code(in, AUTH_CODES, "AUTH");
        yield new Auth(code, in.isAtEnd() ? Props.NONE : Props.readFrom(in, "AUTH"));
      }
      default -> throw new AssertionError("the server sent packet type " + type);
    };
    require(in.isAtEnd(), "bytes after the end of " + packet);
    return packet;
  }

  private static ConnAck connAck(Reader in, boolean v5) {
    int flags = in.u8();
    require((flags & 0xFE) == 0, "reserved bits in the acknowledge flags");
    int code = v5 ? code(in, CONNACK_CODES, "CONNACK") : code(in, Set.of(0, 1, 2, 3, 4, 5), "CONNACK");
    // A version that the server does not know is answered in the shape of 3.1.1.
    return new ConnAck(flags == 1, code, v5 && !in.isAtEnd() ? Props.readFrom(in, "CONNACK") : Props.NONE);
  }

  private static Publish publish(int flags, Reader in, boolean v5) {
    int qos = flags >> 1 & 3;
    require(qos < 3, "QoS 3");
    require(qos > 0 || (flags & 8) == 0, "DUP on QoS 0");
    String topic = in.text();
    int id = qos == 0 ? 0 : in.u16();
    require(qos == 0 || id != 0, "packet identifier 0");
    Props props = v5 ? Props.readFrom(in, "PUBLISH") : Props.NONE;
    return new Publish(topic, in.rest(), qos, (flags & 8) != 0, (flags & 1) != 0, id, props);
  }

  /// What the four acknowledgements of PUBLISH have in common.
  record Ack(int id, int code, Props props) {}

  private static Ack ack(Reader in, boolean v5, String packet, Set<Integer> codes) {
    int id = in.u16();
    require(id != 0, packet + " with packet identifier 0");
    int code = v5 && !in.isAtEnd() ? code(in, codes, packet) : 0;
    return new Ack(id, code, v5 && !in.isAtEnd() ? Props.readFrom(in, packet) : Props.NONE);
  }

  private static int code(Reader in, Set<Integer> allowed, String packet) {
    int code = in.u8();
    require(allowed.contains(code), packet + " with reason code 0x" + Integer.toHexString(code));
    return code;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("the server sent " + what);
    }
  }

  private static List<Integer> codes(Reader in, Set<Integer> allowed, String packet) {
    List<Integer> codes = new ArrayList<>();
    while (!in.isAtEnd()) {
      codes.add(code(in, allowed, packet));
    }
    return codes;
  }
}
