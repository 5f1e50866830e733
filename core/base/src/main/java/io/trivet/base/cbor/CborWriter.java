package io.trivet.base.cbor;

import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Writes items one after another in the deterministic form (RFC 8949, section 4.2.1). Heads of arrays and maps may be
/// written alone; then their items are the caller's to write, map keys in order.
public final class CborWriter {
  private byte[] to = new byte[64];
  private int used;

  public CborWriter item(Cbor item) {
    return switch (item) {
      case Cbor.Int(long value) -> integer(value);
      case Cbor.ByteString(Bytes value) -> bytes(value);
      case Cbor.TextString(String value) -> text(value);
      case Cbor.Array(List<Cbor> items) -> {
        array(items.size());
        items.forEach(this::item);
        yield this;
      }
      case Cbor.Map(List<Cbor.Pair> pairs) -> pairs(pairs);
      case Cbor.Tagged(long tag, Cbor value) -> head(6, tag).item(value);
      case Cbor.Floating(double value) -> number(value);
      case Cbor.Simple(int value) -> head(7, value);
    };
  }

  private record Encoded(Bytes key, Cbor value) {}

  private CborWriter pairs(List<Cbor.Pair> pairs) {
    List<Encoded> sorted = new ArrayList<>();
    for (Cbor.Pair p : pairs) {
      sorted.add(new Encoded(p.key().encoded(), p.value()));
    }
    sorted.sort(Comparator.comparing(Encoded::key));
    map(sorted.size());
    for (Encoded e : sorted) {
      raw(e.key).item(e.value);
    }
    return this;
  }

  public CborWriter integer(long value) {
    return value >= 0 ? head(0, value) : head(1, ~value);
  }

  public CborWriter bytes(Bytes value) {
    return head(2, value.length()).raw(value);
  }

  public CborWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return head(3, utf8.length).raw(Bytes.wrap(utf8));
  }

  public CborWriter array(int items) {
    return head(4, items);
  }

  public CborWriter map(int pairs) {
    return head(5, pairs);
  }

  /// A floating-point number in the fewest bytes that keep it.
  public CborWriter number(double value) {
    float single = (float) value;
    if (Double.isNaN(value)) {
      return initial(7, 25).fixed(0x7e00, 2);
    }
    if (single != value) {
      return initial(7, 27).fixed(Double.doubleToRawLongBits(value), 8);
    }
    short half = Float.floatToFloat16(single);
    return Float.float16ToFloat(half) == single
        ? initial(7, 25).fixed(half, 2)
        : initial(7, 26).fixed(Float.floatToRawIntBits(single), 4);
  }

  /// What is already encoded.
  public CborWriter raw(Bytes encoded) {
    room(encoded.length());
    encoded.copyTo(to, used);
    used += encoded.length();
    return this;
  }

  public Bytes bytes() {
    return Bytes.wrap(Arrays.copyOf(to, used));
  }

  private CborWriter head(int major, long argument) {
    if (argument < 24) {
      return initial(major, (int) argument);
    }
    if (argument < 1L << 8) {
      return initial(major, 24).fixed(argument, 1);
    }
    if (argument < 1L << 16) {
      return initial(major, 25).fixed(argument, 2);
    }
    return argument < 1L << 32 ? initial(major, 26).fixed(argument, 4) : initial(major, 27).fixed(argument, 8);
  }

  private CborWriter initial(int major, int additional) {
    return fixed((long) major << 5 | additional, 1);
  }

  private CborWriter fixed(long value, int bytes) {
    room(bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      to[used++] = (byte) (value >>> 8 * i);
    }
    return this;
  }

  private void room(int bytes) {
    if (to.length - used < bytes) {
      to = Arrays.copyOf(to, Math.max(to.length * 2, Math.addExact(used, bytes)));
    }
  }
}
