package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Bytes as a person can check them:
/// ```
/// 82 { 0001 {} ('a/+') 01 }    # SUBSCRIBE, packet id 1, no properties, one filter, QoS 1
/// ```
/// Hexadecimal digits stand for themselves, `'text'` for its UTF-8, `( … )` for a two-byte length and what is inside,
/// `{ … }` for a variable byte integer and what is inside, `#` begins a remark that ends with the line.
final class Octets {
  private final String text;
  private int at;

  private Octets(String text) {
    this.text = text;
  }

  static byte[] of(String text) {
    return new Octets(text).until('\0');
  }

  private byte[] until(char close) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == close) {
        at++;
        return out.toByteArray();
      }
      switch (c) {
        case ' ', '\n' -> at++;
        case '#' -> {
          int end = text.indexOf('\n', at);
          at = end < 0 ? text.length() : end;
        }
        case '(' -> nested(out, ')');
        case '{' -> nested(out, '}');
        case '\'' -> {
          int end = text.indexOf('\'', at + 1);
          out.writeBytes(text.substring(at + 1, end).getBytes(StandardCharsets.UTF_8));
          at = end + 1;
        }
        case ')', '}' -> throw new IllegalArgumentException("closed but not opened at " + at + ": " + text);
        default -> {
          out.writeBytes(Bytes.hex(text.substring(at, at + 2)).toArray());
          at += 2;
        }
      }
    }
    if (close != '\0') {
      throw new IllegalArgumentException("opened but not closed: " + text);
    }
    return out.toByteArray();
  }

  private void nested(ByteArrayOutputStream out, char close) {
    at++;
    byte[] inside = until(close);
    if (close == ')') {
      out.write(inside.length >>> 8);
      out.write(inside.length);
    } else {
      int rest = inside.length;
      while (rest >= 0x80) {
        out.write(rest & 0x7F | 0x80);
        rest >>>= 7;
      }
      out.write(rest);
    }
    out.writeBytes(inside);
  }
}
