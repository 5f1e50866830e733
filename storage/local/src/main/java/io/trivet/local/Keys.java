package io.trivet.local;

import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The keys of the store's records. Numbers stand in big-endian order, so that they sort as numbers.
final class Keys {
  static final byte[] GROUP = "group".getBytes(StandardCharsets.US_ASCII);
  static final byte[] FORMAT = "format".getBytes(StandardCharsets.US_ASCII);

  /// Before every key.
  static final byte[] FIRST = {};

  /// After every key that begins with a session's or a position's number.
  static final byte[] AFTER_NUMBERS = number(-1);

  private Keys() {}

  static byte[] number(long n) {
    byte[] key = new byte[8];
    put(key, 0, n);
    return key;
  }

  static byte[] pair(long a, long b) {
    byte[] key = new byte[16];
    put(key, 0, a);
    put(key, 8, b);
    return key;
  }

  static byte[] triple(long a, long b, long c) {
    byte[] key = new byte[24];
    put(key, 0, a);
    put(key, 8, b);
    put(key, 16, c);
    return key;
  }

  /// A session's number, then a text.
  static byte[] text(long session, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[8 + utf8.length];
    put(key, 0, session);
    System.arraycopy(utf8, 0, key, 8, utf8.length);
    return key;
  }

  static byte[] packetId(long session, int id) {
    byte[] key = new byte[10];
    put(key, 0, session);
    key[8] = (byte) (id >>> 8);
    key[9] = (byte) id;
    return key;
  }

  static byte[] text(Bytes utf8) {
    return utf8.toArray();
  }

  /// The key that follows directly.
  static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  static long numberAt(byte[] key, int at) {
    long n = 0;
    for (int i = at; i < at + 8; i++) {
      n = n << 8 | key[i] & 0xFF;
    }
    return n;
  }

  private static void put(byte[] key, int at, long n) {
    for (int i = 7; i >= 0; i--) {
      key[at + i] = (byte) n;
      n >>>= 8;
    }
  }
}
