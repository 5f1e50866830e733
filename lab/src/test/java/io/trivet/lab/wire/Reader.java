package io.trivet.lab.wire;

import io.trivet.base.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Takes apart the body of one packet; running past its end is the server's fault and fails the test.
final class Reader {
  private final byte[] body;
  private int position;

  Reader(byte[] body) {
    this.body = body;
  }

  int position() {
    return position;
  }

  boolean isAtEnd() {
    return position == body.length;
  }

  int u8() {
    if (position >= body.length) {
      throw new AssertionError("the server's packet ends too early");
    }
    return body[position++] & 0xFF;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  long u32() {
    return (long) u16() << 16 | u16();
  }

  /// Insists on the shortest form (MQTT-1.5.5-1).
  int varint() {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int b = u8();
      value |= (b & 0x7F) << shift;
      if (b < 0x80) {
        if (b == 0 && shift > 0) {
          throw new AssertionError("the server wrote a variable byte integer with more bytes than needed");
        }
        return value;
      }
    }
    throw new AssertionError("the server wrote a variable byte integer of more than four bytes");
  }

  Bytes field() {
    return take(u16());
  }

  /// Insists on well-formed UTF-8 without U+0000 (MQTT-1.5.4-1, MQTT-1.5.4-2).
  String text() {
    Bytes field = field();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(field.toArray())).toString();
      if (text.indexOf('\0') >= 0) {
        throw new AssertionError("the server wrote U+0000 into a text");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new AssertionError("the server wrote malformed UTF-8: " + field, e);
    }
  }

  Bytes rest() {
    return take(body.length - position);
  }

  private Bytes take(int length) {
    if (position + length > body.length) {
      throw new AssertionError("the server's packet ends too early");
    }
    Bytes taken = Bytes.copyOf(body, position, length);
    position += length;
    return taken;
  }
}
