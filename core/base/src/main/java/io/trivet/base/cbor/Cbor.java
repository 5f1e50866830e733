package io.trivet.base.cbor;

import io.trivet.base.Bytes;
import java.util.List;
import java.util.Optional;

/// One data item (RFC 8949, section 2). Integers are those of 64 bits with a sign.
public sealed interface Cbor {
  record Int(long value) implements Cbor {}

  record ByteString(Bytes value) implements Cbor {}

  record TextString(String value) implements Cbor {}

  record Array(List<Cbor> items) implements Cbor {
    public Array {
      items = List.copyOf(items);
    }
  }

  /// @param pairs in the order they were given or read; written in the order of their encoded keys
  record Map(List<Pair> pairs) implements Cbor {
    public Map {
      pairs = List.copyOf(pairs);
    }

    public Optional<Cbor> at(Cbor key) {
      for (Pair p : pairs) {
        if (p.key.equals(key)) {
          return Optional.of(p.value);
        }
      }
      return Optional.empty();
    }

    public Optional<Cbor> at(long key) {
      return at(new Int(key));
    }

    public Optional<Cbor> at(String key) {
      return at(new TextString(key));
    }
  }

  record Pair(Cbor key, Cbor value) {}

  record Tagged(long tag, Cbor value) implements Cbor {}

  record Floating(double value) implements Cbor {}

  /// @param value 0 to 23, or 32 to 255
  record Simple(int value) implements Cbor {
    public static final Simple FALSE = new Simple(20);
    public static final Simple TRUE = new Simple(21);
    public static final Simple NULL = new Simple(22);
    public static final Simple UNDEFINED = new Simple(23);
  }

  static Cbor of(long value) {
    return new Int(value);
  }

  static Cbor of(Bytes value) {
    return new ByteString(value);
  }

  static Cbor of(String value) {
    return new TextString(value);
  }

  static Cbor of(double value) {
    return new Floating(value);
  }

  static Cbor of(boolean value) {
    return value ? Simple.TRUE : Simple.FALSE;
  }

  static Array array(Cbor... items) {
    return new Array(List.of(items));
  }

  /// @param keysAndValues in turn
  static Map map(Cbor... keysAndValues) {
    Pair[] pairs = new Pair[keysAndValues.length / 2];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = new Pair(keysAndValues[2 * i], keysAndValues[2 * i + 1]);
    }
    return new Map(List.of(pairs));
  }

  /// In the deterministic form of section 4.2.1: nothing longer than it need be, map keys in the order of their bytes.
  default Bytes encoded() {
    return new CborWriter().item(this).bytes();
  }

  /// Items one after another (RFC 8742).
  static Bytes sequence(Cbor... items) {
    CborWriter out = new CborWriter();
    for (Cbor c : items) {
      out.item(c);
    }
    return out.bytes();
  }
}
