package io.trivet.abe;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How keys and ciphertexts are written: a CBOR array (RFC 8949, deterministic form only) that begins with
/// what it is, the version of its format, and the kind.
enum Format {
  MASTER_KEY(1, 4, 64),
  PUBLIC_KEY(2, 4, 1024),
  READER_KEY(3, 6, 16_384),
  CIPHERTEXT(4, 7, 16_384),
  PARAMETERS(5, 5, 2048);

  static final int VERSION = 1;
  private static final CborLimits LIMITS = new CborLimits(1, 8, true);

  private final int code;
  private final int items;
  private final int bytesMax;

  Format(int code, int items, int bytesMax) {
    this.code = code;
    this.items = items;
    this.bytesMax = bytesMax;
  }

  /// @param items what follows the kind
  record Fields(Kind kind, List<Cbor> items) {
    Optional<Bytes> bytes(int index) {
      return items.get(index) instanceof Cbor.ByteString(Bytes value) ? Optional.of(value) : Optional.empty();
    }

    Optional<Bytes> bytes(int index, int length) {
      return bytes(index).filter(b -> b.length() == length);
    }

    Optional<String> text(int index) {
      return items.get(index) instanceof Cbor.TextString(String value) ? Optional.of(value) : Optional.empty();
    }
  }

  int bytesMax() {
    return bytesMax;
  }

  /// An array begun: its remaining items are to be written.
  CborWriter begin(Kind kind) {
    return new CborWriter().array(items).integer(code).integer(VERSION).integer(codeOf(kind));
  }

  /// An array that ends with a secret byte string. The secret is copied to the result and nowhere else.
  static byte[] endingIn(CborWriter begun, byte[] secret) {
    Bytes before = begun.bytes();
    Bytes head = headOf(secret.length);
    byte[] out = new byte[before.length() + head.length() + secret.length];
    before.copyTo(out, 0);
    head.copyTo(out, before.length());
    System.arraycopy(secret, 0, out, before.length() + head.length(), secret.length);
    return out;
  }

  private static Bytes headOf(int length) {
    Bytes encoded = new CborWriter().bytes(Bytes.wrap(new byte[length])).bytes();
    return encoded.slice(0, encoded.length() - length);
  }

  Parsed<Fields> read(byte[] encoded) {
    if (encoded.length > bytesMax) {
      return broken(encoded.length + " bytes, where " + bytesMax + " may be");
    }
    return switch (CborReader.only(Bytes.wrap(encoded), LIMITS)) {
      case CborReader.Read.Item(Cbor.Array(List<Cbor> all)) -> fields(all);
      case CborReader.Read.Item _ -> broken("not an array");
      case CborReader.Read.End _ -> broken("nothing");
      case CborReader.Read.Broken(String what) -> broken(what);
    };
  }

  private Parsed<Fields> fields(List<Cbor> all) {
    if (all.isEmpty() || !all.getFirst().equals(Cbor.of(code))) {
      return broken("something else");
    }
    if (all.size() < 2 || !all.get(1).equals(Cbor.of(VERSION))) {
      return broken("not of version " + VERSION);
    }
    if (all.size() != items) {
      return broken(all.size() + " items, where " + items + " must be");
    }
    for (Kind kind : Kind.values()) {
      if (all.get(2).equals(Cbor.of(codeOf(kind)))) {
        return Parsed.valid(new Fields(kind, all.subList(3, items)));
      }
    }
    return broken("of no known kind");
  }

  <T> Parsed<T> broken(String what) {
    String expected = name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return Parsed.invalid("abe-format", "no " + expected + ": " + what);
  }

  static int codeOf(Kind kind) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> 1;
      case KEY_POLICY -> 2;
    };
  }
}
