package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import org.jspecify.annotations.Nullable;

/// Reads one packet's bytes. The first fault is kept and everything after it reads as zero or empty, so a decoder reads
/// straight on and asks once, at the end, whether all was well.
final class Reader {
  private byte[] a = new byte[0];
  private int at;
  private int end;
  private Frame.@Nullable Broken fault;
  private Version version = Version.V5;

  void on(byte[] buf, int from, int to, Version v) {
    a = buf;
    version = v;
    at = from;
    end = to;
    fault = null;
  }

  byte[] array() {
    return a;
  }

  int at() {
    return at;
  }

  int end() {
    return end;
  }

  /// The version as CONNECT tells it: a fault found later is named by that version's statement.
  void version(Version v) {
    version = v;
  }

  /// The next byte, where there is one.
  int peek() {
    return a[at];
  }

  int left() {
    return end - at;
  }

  Frame.@Nullable Broken fault() {
    return fault;
  }

  boolean failed() {
    return fault != null;
  }

  void malformed(String rule, String what) {
    fail(ReasonCode.MALFORMED_PACKET, rule, what);
  }

  void protocolError(String rule, String what) {
    fail(ReasonCode.PROTOCOL_ERROR, rule, what);
  }

  void fail(ReasonCode code, String rule, String what) {
    if (fault == null) {
      fault = new Frame.Broken(code, Statements.in(version, rule), what);
    }
    at = end;
  }

  private boolean has(int n) {
    if (end - at >= n) {
      return true;
    }
    malformed("MQTT-4.13.1-1", "the packet ends in the midst of a field");
    return false;
  }

  int u8() {
    return has(1) ? a[at++] & 0xFF : 0;
  }

  int u16() {
    if (!has(2)) {
      return 0;
    }
    at += 2;
    return (a[at - 2] & 0xFF) << 8 | a[at - 1] & 0xFF;
  }

  long u32() {
    long high = u16();
    return high << 16 | u16();
  }

  /// 0 to 268,435,455 in 1 to 4 bytes, as few as hold it (MQTT-1.5.5-1).
  int varint() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int b = u8();
      value |= (b & 0x7F) << shift;
      if (b < 0x80) {
        if (b == 0 && shift > 0) {
          malformed("MQTT-1.5.5-1", "a variable byte integer longer than it need be");
        }
        return value;
      }
    }
    malformed("MQTT-1.5.5-1", "a variable byte integer of more than four bytes");
    return 0;
  }

  /// Skips `n` bytes and tells where they began.
  int skip(int n) {
    if (!has(n)) {
      return at;
    }
    at += n;
    return at - n;
  }

  /// A length and so many bytes, copied.
  Bytes binary() {
    int n = u16();
    int from = skip(n);
    return failed() ? Bytes.EMPTY : Bytes.copyOf(a, from, n);
  }

  /// A length and so many bytes of well-formed UTF-8 without U+0000.
  String utf8() {
    int n = u16();
    int from = skip(n);
    if (failed()) {
      return "";
    }
    String text = Utf8.decode(a, from, from + n);
    if (text == null) {
      boolean nul = false;
      for (int i = from; i < from + n && !nul; i++) {
        nul = a[i] == 0;
      }
      malformed(nul ? "MQTT-1.5.4-2" : "MQTT-1.5.4-1",
          nul ? "a string that holds U+0000" : "a string that is no well-formed UTF-8");
      return "";
    }
    return text;
  }
}
