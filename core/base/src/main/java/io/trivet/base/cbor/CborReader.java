package io.trivet.base.cbor;

import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads items one after another from bytes at hand. Nothing is reserved before the bytes for it are there, nesting and
/// the number of items are limited, keys may not come twice, a
/// text may not hold U+0000. What strings it gives are slices of the input.
public final class CborReader {
  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xFF;

  private final byte[] a;
  private final int begin;
  private final int end;
  private final CborLimits limits;
  private int at;
  private int itemsLeft;

  /// What was read.
  public sealed interface Read {
    record Item(Cbor value) implements Read {}

    /// The end of the input was reached before a further item began.
    record End() implements Read {}

    /// @param what is wrong, in words; the reader is of no more use
    record Broken(String what) implements Read {}
  }

  /// What is wrong, carried up from inside an item.
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String what) {
      super(what, null, false, false);
    }
  }

  public CborReader(Bytes input, CborLimits limits) {
    this.a = input.backingArray();
    this.begin = input.backingOffset();
    this.end = begin + input.length();
    this.limits = limits;
    this.at = begin;
    this.itemsLeft = limits.itemsMax();
  }

  /// The only item of the input.
  public static Read only(Bytes input, CborLimits limits) {
    CborReader in = new CborReader(input, limits);
    Read first = in.next();
    return switch (first) {
      case Read.Item _ when in.at < in.end -> new Read.Broken("bytes after the item");
      case Read.End _ -> new Read.Broken("no item");
      case Read.Item _, Read.Broken _ -> first;
    };
  }

  public Read next() {
    if (at == end) {
      return new Read.End();
    }
    try {
      return new Read.Item(item(0));
    } catch (Malformed e) {
      return new Read.Broken(String.valueOf(e.getMessage()));
    }
  }

  /// How many bytes of the input have been read.
  public int position() {
    return at - begin;
  }

  private Cbor item(int depth) throws Malformed {
    if (depth > limits.depthMax()) {
      throw new Malformed("nested deeper than " + limits.depthMax());
    }
    if (itemsLeft-- <= 0) {
      throw new Malformed("more than " + limits.itemsMax() + " items");
    }
    int initial = u8();
    int major = initial >> 5;
    int additional = initial & 0x1F;
    if (major == 7) {
      return simpleOrFloat(additional);
    }
    if (additional == INDEFINITE) {
      return indefinite(major, depth);
    }
    long argument = argument(additional);
    return switch (major) {
      case 0 -> new Cbor.Int(argument);
      case 1 -> new Cbor.Int(~argument);
      case 2 -> new Cbor.ByteString(string(argument));
      case 3 -> new Cbor.TextString(text(string(argument)));
      case 4 -> array(argument, depth);
      case 5 -> map(argument, depth);
      default -> new Cbor.Tagged(argument, item(depth + 1));
    };
  }

  private Cbor simpleOrFloat(int additional) throws Malformed {
    return switch (additional) {
      case 24 -> {
        int value = u8();
        if (value < 32) {
          throw new Malformed("a simple value below 32 in two bytes");
        }
        yield new Cbor.Simple(value);
      }
      case 25 -> floating(Float.float16ToFloat((short) fixed(2)), 2);
      case 26 -> floating(Float.intBitsToFloat((int) fixed(4)), 4);
      case 27 -> floating(Double.longBitsToDouble(fixed(8)), 8);
      default -> {
        if (additional > 27) {
          throw new Malformed("a reserved or misplaced initial byte");
        }
        yield new Cbor.Simple(additional);
      }
    };
  }

  private Cbor floating(double value, int bytes) throws Malformed {
    if (limits.deterministic() && new CborWriter().number(value).bytes().length() != bytes + 1) {
      throw new Malformed("a number in more bytes than it needs");
    }
    return new Cbor.Floating(value);
  }

  private Cbor indefinite(int major, int depth) throws Malformed {
    if (limits.deterministic() || major < 2 || major > 5) {
      throw new Malformed("an indefinite length");
    }
    return switch (major) {
      case 2 -> new Cbor.ByteString(chunks(2));
      case 3 -> new Cbor.TextString(text(chunks(3)));
      case 4 -> array(-1, depth);
      default -> map(-1, depth);
    };
  }

  private Bytes chunks(int major) throws Malformed {
    CborWriter joined = new CborWriter();
    while (!broke()) {
      if (itemsLeft-- <= 0) {
        throw new Malformed("more than " + limits.itemsMax() + " items");
      }
      int initial = u8();
      if (initial >> 5 != major || (initial & 0x1F) == INDEFINITE) {
        throw new Malformed("a chunk of another kind");
      }
      Bytes chunk = string(argument(initial & 0x1F));
      if (major == 3) {
        text(chunk);
      }
      joined.raw(chunk);
    }
    return joined.bytes();
  }

  /// @param count -1 where a break ends it
  private Cbor array(long count, int depth) throws Malformed {
    atMost(count, 1);
    List<Cbor> items = new ArrayList<>();
    for (long i = 0; count < 0 ? !broke() : i < count; i++) {
      items.add(item(depth + 1));
    }
    return new Cbor.Array(items);
  }

  private Cbor map(long count, int depth) throws Malformed {
    atMost(count, 2);
    List<Cbor.Pair> pairs = new ArrayList<>();
    Set<Cbor> keys = new HashSet<>();
    Bytes last = Bytes.EMPTY;
    for (long i = 0; count < 0 ? !broke() : i < count; i++) {
      int from = at;
      Cbor key = item(depth + 1);
      Bytes encoded = Bytes.wrap(a, from, at - from);
      if (limits.deterministic() && last.compareTo(encoded) >= 0) {
        throw new Malformed("map keys out of order");
      }
      last = encoded;
      if (!keys.add(key)) {
        throw new Malformed("a map key twice");
      }
      pairs.add(new Cbor.Pair(key, item(depth + 1)));
    }
    return new Cbor.Map(pairs);
  }

  private void atMost(long count, int bytesEach) throws Malformed {
    if (count > (end - at) / bytesEach) {
      throw new Malformed(count + " items where " + (end - at) + " bytes are left");
    }
  }

  private boolean broke() throws Malformed {
    if (at == end) {
      throw new Malformed("cut off");
    }
    if ((a[at] & 0xFF) != BREAK) {
      return false;
    }
    at++;
    return true;
  }

  private Bytes string(long length) throws Malformed {
    if (length > end - at) {
      throw new Malformed("a string of " + length + " bytes where " + (end - at) + " are left");
    }
    Bytes value = Bytes.wrap(a, at, (int) length);
    at += (int) length;
    return value;
  }

  private static String text(Bytes utf8) throws Malformed {
    int from = utf8.backingOffset();
    if (!Utf8.isWellFormed(utf8.backingArray(), from, from + utf8.length())) {
      throw new Malformed("a text that is not UTF-8");
    }
    return utf8.asUtf8();
  }

  private long argument(int additional) throws Malformed {
    if (additional < 24) {
      return additional;
    }
    if (additional > 27) {
      throw new Malformed("a reserved initial byte");
    }
    int bytes = 1 << additional - 24;
    long value = fixed(bytes);
    if (value < 0) {
      throw new Malformed("a number beyond 63 bits");
    }
    long least = bytes == 1 ? 24 : 1L << 4 * bytes;
    if (limits.deterministic() && value < least) {
      throw new Malformed("a number in more bytes than it needs");
    }
    return value;
  }

  private int u8() throws Malformed {
    return (int) fixed(1);
  }

  private long fixed(int bytes) throws Malformed {
    if (end - at < bytes) {
      throw new Malformed("cut off");
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | a[at++] & 0xFF;
    }
    return value;
  }
}
