package io.trivet.local;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Utf8;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32C;

/// Reads one value that [RecordWriter] made; every length is held against what is there.
final class RecordReader {
  private static final int KEY_BYTES_SHOWN = 64;

  private final Family family;
  private final byte[] key;
  private final byte[] value;
  private final int end;
  private int at;

  /// @throws DamagedRecord where the checksum does not fit, or the version is unknown
  RecordReader(Family family, byte[] key, byte[] value, int version) throws DamagedRecord {
    this.family = family;
    this.key = key;
    this.value = value;
    this.end = value.length - 4;
    if (end < 1) {
      throw damaged("it has " + value.length + " bytes, at least 5 are needed");
    }
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value, 0, end);
    int stored = 0;
    for (int i = end; i < value.length; i++) {
      stored = stored << 8 | value[i] & 0xFF;
    }
    if ((int) crc.getValue() != stored) {
      throw damaged("its checksum does not fit");
    }
    int found = u8();
    if (found != version) {
      throw damaged("it has version " + found + ", this server knows " + version);
    }
  }

  DamagedRecord damaged(String what) {
    String shown = HexFormat.of().formatHex(key, 0, Math.min(key.length, KEY_BYTES_SHOWN));
    return new DamagedRecord("the record " + family.name().toLowerCase(Locale.ROOT) + "/" + shown
        + (key.length > KEY_BYTES_SHOWN ? "…" : "") + " is damaged: " + what);
  }

  int u8() throws DamagedRecord {
    need(1);
    return value[at++] & 0xFF;
  }

  long u64() throws DamagedRecord {
    need(8);
    long n = Keys.numberAt(value, at);
    at += 8;
    return n;
  }

  long varint() throws DamagedRecord {
    long n = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      n |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        return n;
      }
    }
    throw damaged("a number is too long");
  }

  /// A count of things that take at least a byte each.
  int count() throws DamagedRecord {
    long n = varint();
    if (n < 0 || n > end - at) {
      throw damaged("a length of " + n + " where " + (end - at) + " bytes are left");
    }
    return (int) n;
  }

  Bytes bytes() throws DamagedRecord {
    int n = count();
    Bytes b = Bytes.wrap(value, at, n);
    at += n;
    return b;
  }

  String text() throws DamagedRecord {
    int n = count();
    String text = Utf8.decode(value, at, at + n);
    if (text == null) {
      throw damaged("a text is no UTF-8");
    }
    at += n;
    return text;
  }

  <T> T valid(Parsed<T> parsed) throws DamagedRecord {
    return switch (parsed) {
      case Parsed.Valid<T>(T t) -> t;
      case Parsed.Invalid<T> i -> throw damaged(i.what());
    };
  }

  void end() throws DamagedRecord {
    if (at != end) {
      throw damaged((end - at) + " bytes too many");
    }
  }

  private void need(int bytes) throws DamagedRecord {
    if (end - at < bytes) {
      throw damaged("it ends too early");
    }
  }

  /// The key's text from a byte on.
  String keyText(int from) throws DamagedRecord {
    String text = from > key.length ? null : Utf8.decode(key, from, key.length);
    if (text == null) {
      throw damaged("its key is no UTF-8");
    }
    return text;
  }

  /// The number in its key from a byte on.
  long keyNumber(int from) throws DamagedRecord {
    if (key.length < from + 8) {
      throw damaged("its key has " + key.length + " bytes");
    }
    return Keys.numberAt(key, from);
  }
}
