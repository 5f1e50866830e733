package io.trivet.local;

import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Builds one value: a version, fields, and at the end a CRC-32C over key and value, so that a record that was damaged, or
/// that stands under another's key, is known as such whatever the engine checks. Used over and over.
final class RecordWriter {
  private byte[] buffer = new byte[1_024];
  private int size;
  private final CRC32C crc = new CRC32C();

  RecordWriter begin(int version) {
    size = 0;
    return u8(version);
  }

  RecordWriter u8(int b) {
    room(1);
    buffer[size++] = (byte) b;
    return this;
  }

  RecordWriter u64(long n) {
    room(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (n >>> shift);
    }
    return this;
  }

  /// Seven bits a byte, the lowest first.
  RecordWriter varint(long n) {
    room(10);
    long left = n;
    while (left >>> 7 != 0) {
      buffer[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    buffer[size++] = (byte) left;
    return this;
  }

  RecordWriter bytes(Bytes b) {
    varint(b.length());
    room(b.length());
    b.copyTo(buffer, size);
    size += b.length();
    return this;
  }

  RecordWriter text(String s) {
    return bytes(Bytes.wrap(s.getBytes(StandardCharsets.UTF_8)));
  }

  byte[] end(byte[] key) {
    crc.reset();
    crc.update(key);
    crc.update(buffer, 0, size);
    int sum = (int) crc.getValue();
    room(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (sum >>> shift);
    }
    return Arrays.copyOf(buffer, size);
  }

  private void room(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
