package io.trivet.lab.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Puts bytes together the way MQTT writes them (MQTT 5.0, section 1.5), checking nothing.
public final class Writer {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Writer u8(int value) {
    out.write(value);
    return this;
  }

  public Writer u16(int value) {
    return u8(value >> 8).u8(value);
  }

  public Writer u32(long value) {
    return u16((int) (value >> 16)).u16((int) value);
  }

  public Writer varint(int value) {
    int rest = value;
    do {
      int low = rest & 0x7F;
      rest >>>= 7;
      u8(rest == 0 ? low : low | 0x80);
    } while (rest != 0);
    return this;
  }

  public Writer text(String text) {
    return field(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Two bytes of length, then the bytes.
  public Writer field(byte[] bytes) {
    return u16(bytes.length).raw(bytes);
  }

  public Writer raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  int size() {
    return out.size();
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }

  /// The bytes so far as the body of a packet: its first byte, the remaining length, the body.
  public byte[] toPacket(int firstByte) {
    return new Writer().u8(firstByte).varint(size()).raw(toBytes()).toBytes();
  }
}
