package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array that packets are written into.
public final class ByteSink {
  private byte[] array;
  private int size;

  public ByteSink(int capacity) {
    this.array = new byte[capacity];
  }

  /// What was written stands from 0 to [#size()]; valid until the next write.
  public byte[] array() {
    return array;
  }

  public int size() {
    return size;
  }

  public int capacity() {
    return array.length;
  }

  public void reset() {
    size = 0;
  }

  public Bytes toBytes() {
    return Bytes.copyOf(array, 0, size);
  }

  /// Makes room for `n` more bytes and takes it: the caller writes them from the returned place on.
  int take(int n) {
    int at = size;
    if (array.length - at < n) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, Math.addExact(at, n)));
    }
    size = at + n;
    return at;
  }

  /// Takes back what was written beyond a size it had.
  public void truncate(int newSize) {
    size = newSize;
  }

  /// Appends the first `n` bytes of what another protocol has encoded.
  public void write(byte[] from, int n) {
    int at = take(n);
    System.arraycopy(from, 0, array, at, n);
  }

  void u8(int v) {
    int at = take(1);
    array[at] = (byte) v;
  }

  void u16(int v) {
    int at = take(2);
    putU16(array, at, v);
  }

  void u32(long v) {
    int at = take(4);
    putU16(array, at, (int) (v >>> 16));
    putU16(array, at + 2, (int) v);
  }

  static int putU16(byte[] a, int at, int v) {
    a[at] = (byte) (v >>> 8);
    a[at + 1] = (byte) v;
    return at + 2;
  }

  void varint(int v) {
    int at = take(varintSize(v));
    putVarint(array, at, v);
  }

  /// 1 to 4 bytes, for 0 to 268,435,455 (MQTT 5.0, section 1.5.5).
  static int varintSize(int v) {
    return v < 0x80 ? 1 : v < 0x4000 ? 2 : v < 0x20_0000 ? 3 : 4;
  }

  static int putVarint(byte[] a, int at, int v) {
    int rest = v;
    int to = at;
    while (rest >= 0x80) {
      a[to++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    a[to++] = (byte) rest;
    return to;
  }

  void bytes(Bytes b) {
    int at = take(b.length());
    b.copyTo(array, at);
  }

  /// Two bytes of length, then the bytes.
  ///
  /// @throws IllegalArgumentException above 65,535 bytes
  void binary(Bytes b) {
    if (b.length() > 65_535) {
      throw new IllegalArgumentException(b.length() + " bytes, at most 65535 can be written");
    }
    u16(b.length());
    bytes(b);
  }

  void utf8(String s) {
    binary(Bytes.wrap(s.getBytes(StandardCharsets.UTF_8)));
  }
}
