package io.trivet.coap;

import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The options of one message, in the order of their numbers (RFC 7252, section 5.10). Immutable.
///
/// One array holds all values, one more says where each lies, so that a request on its way costs two objects however many
/// options it has.
public final class Options {
  public static final Options NONE = new Options(new byte[0], new long[0], 0);

  private final byte[] values;

  /// For each option its number (16 bits), where its value begins (24) and how long it is (24).
  private final long[] places;

  private final int count;

  Options(byte[] values, long[] places, int count) {
    this.values = values;
    this.places = places;
    this.count = count;
  }

  static long place(int number, int offset, int length) {
    return (long) number << 48 | (long) offset << 24 | length;
  }

  private static int numberOf(long place) {
    return (int) (place >>> 48);
  }

  private static int offsetOf(long place) {
    return (int) (place >>> 24) & 0xFFFFFF;
  }

  private static int lengthOf(long place) {
    return (int) place & 0xFFFFFF;
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    for (int i = 0; i < count; i++) {
      b.add(number(i), value(i));
    }
    return b;
  }

  // --- by place -----------------------------------------------------------------------------------------------------

  /// How many there are, repeated ones counted each.
  public int count() {
    return count;
  }

  public int number(int index) {
    return numberOf(places[checked(index)]);
  }

  public int length(int index) {
    return lengthOf(places[checked(index)]);
  }

  public Bytes value(int index) {
    long p = places[checked(index)];
    return Bytes.wrap(values, offsetOf(p), lengthOf(p));
  }

  /// The value as an unsigned integer (section 3.2); of a value longer than eight bytes the last eight.
  public long uint(int index) {
    long p = places[checked(index)];
    long value = 0;
    for (int i = offsetOf(p), end = i + lengthOf(p); i < end; i++) {
      value = value << 8 | values[i] & 0xFF;
    }
    return value;
  }

  public String text(int index) {
    long p = places[checked(index)];
    return new String(values, offsetOf(p), lengthOf(p), StandardCharsets.UTF_8);
  }

  private int checked(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException(index + " of " + count);
    }
    return index;
  }

  void copyValue(int index, byte[] to, int at) {
    long p = places[index];
    System.arraycopy(values, offsetOf(p), to, at, lengthOf(p));
  }

  /// Where the first of that number stands, or -1.
  public int indexOf(OptionNumber o) {
    return indexOf(o.number());
  }

  public int indexOf(int number) {
    for (int i = 0; i < count; i++) {
      int n = numberOf(places[i]);
      if (n >= number) {
        return n == number ? i : -1;
      }
    }
    return -1;
  }

  // --- by number ----------------------------------------------------------------------------------------------------

  public boolean has(OptionNumber o) {
    return indexOf(o.number()) >= 0;
  }

  /// The first of that number.
  public Optional<Bytes> bytes(OptionNumber o) {
    int i = indexOf(o.number());
    return i < 0 ? Optional.empty() : Optional.of(value(i));
  }

  public Optional<String> text(OptionNumber o) {
    int i = indexOf(o.number());
    return i < 0 ? Optional.empty() : Optional.of(text(i));
  }

  public long uint(OptionNumber o, long absent) {
    int i = indexOf(o.number());
    return i < 0 ? absent : uint(i);
  }

  public List<Bytes> all(OptionNumber o) {
    List<Bytes> found = new ArrayList<>();
    for (int i = Math.max(0, indexOf(o.number())); i < count && number(i) <= o.number(); i++) {
      if (number(i) == o.number()) {
        found.add(value(i));
      }
    }
    return found;
  }

  public List<String> texts(OptionNumber o) {
    List<String> found = new ArrayList<>();
    for (int i = Math.max(0, indexOf(o.number())); i < count && number(i) <= o.number(); i++) {
      if (number(i) == o.number()) {
        found.add(text(i));
      }
    }
    return found;
  }

  /// The segments of Uri-Path; a path of one empty segment, as some write the root, is none.
  public List<String> uriPath() {
    List<String> path = texts(OptionNumber.URI_PATH);
    return path.size() == 1 && path.getFirst().isEmpty() ? List.of() : path;
  }

  public List<String> uriQuery() {
    return texts(OptionNumber.URI_QUERY);
  }

  /// What follows `name=` in the first Uri-Query of that name; the empty text where it stands alone.
  public Optional<String> query(String name) {
    for (String q : uriQuery()) {
      if (q.equals(name)) {
        return Optional.of("");
      }
      if (q.length() > name.length() && q.charAt(name.length()) == '=' && q.startsWith(name)) {
        return Optional.of(q.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }

  /// The Content-Format; -1 where there is none.
  public int contentFormat() {
    return (int) uint(OptionNumber.CONTENT_FORMAT, -1);
  }

  /// The first critical option that the given predicate does not know, or 0.
  public int firstUnknownCritical(IntPredicate known) {
    for (int i = 0; i < count; i++) {
      int n = number(i);
      if (OptionNumber.isCritical(n) && !known.test(n)) {
        return n;
      }
    }
    return 0;
  }

  /// Whether option `index` breaks its definition: a length or text that is not allowed, or one too many (sections 5.4.3
  /// and 5.4.5). Unknown options break nothing.
  boolean isBad(int index) {
    long p = places[index];
    OptionNumber o = OptionNumber.of(numberOf(p));
    if (o == null) {
      return false;
    }
    int length = lengthOf(p);
    return length < o.lengthMin() || length > o.lengthMax()
        || o.format() == OptionNumber.Format.STRING
            && !Utf8.isWellFormed(values, offsetOf(p), offsetOf(p) + length)
        || !o.isRepeatable() && index > 0 && numberOf(places[index - 1]) == o.number();
  }

  // --- others made from it ------------------------------------------------------------------------------------------

  /// Only those whose number the predicate takes.
  public Options where(IntPredicate kept) {
    long[] left = new long[count];
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (kept.test(numberOf(places[i]))) {
        left[n++] = places[i];
      }
    }
    return n == count ? this : n == 0 ? NONE : new Options(values, left, n);
  }

  public Options without(OptionNumber o) {
    return indexOf(o) < 0 ? this : where(n -> n != o.number());
  }

  /// With this one in place of all of its number.
  public Options with(OptionNumber o, long uint) {
    return toBuilder().set(o, uint).build();
  }

  public Options with(OptionNumber o, Bytes value) {
    return toBuilder().remove(o).add(o.number(), value).build();
  }

  Options withoutIndex(int index) {
    long[] left = new long[count - 1];
    System.arraycopy(places, 0, left, 0, index);
    System.arraycopy(places, index + 1, left, index, count - index - 1);
    return new Options(values, left, count - 1);
  }

  /// The same, not kept alive by a larger array.
  public Options compact() {
    return toBuilder().build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Options o) || o.count != count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (number(i) != o.number(i) || !value(i).equals(o.value(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int h = 1;
    for (int i = 0; i < count; i++) {
      h = 31 * (31 * h + number(i)) + value(i).hashCode();
    }
    return h;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      OptionNumber o = OptionNumber.of(number(i));
      out.append(i == 0 ? "" : ", ").append(o == null ? "option " + number(i) : o.name()).append('=');
      switch (o == null ? OptionNumber.Format.OPAQUE : o.format()) {
        case UINT -> out.append(uint(i));
        case STRING -> out.append('"').append(text(i)).append('"');
        case EMPTY, OPAQUE -> out.append(value(i));
      }
    }
    return out.toString();
  }

  /// Collects options in any order; those of one number keep theirs.
  public static final class Builder {
    private byte[] values = new byte[64];
    private int used;
    private long[] places = new long[8];
    private int count;

    private Builder() {}

    /// @param number 0 to 65,535
    public Builder add(int number, Bytes value) {
      int n = value.length();
      if (number < 0 || number > 0xFFFF || n > 0xFFFF + 269) {
        throw new IllegalArgumentException("option " + number + " with " + n + " bytes");
      }
      if (values.length - used < n) {
        values = Arrays.copyOf(values, Math.max(values.length * 2, used + n));
      }
      value.copyTo(values, used);
      if (count == places.length) {
        places = Arrays.copyOf(places, count * 2);
      }
      long place = place(number, used, n);
      used += n;
      int at = count++;
      while (at > 0 && numberOf(places[at - 1]) > number) {
        places[at] = places[at - 1];
        at--;
      }
      places[at] = place;
      return this;
    }

    public Builder add(OptionNumber o, Bytes value) {
      return add(o.number(), value);
    }

    public Builder add(OptionNumber o, String text) {
      return add(o.number(), Bytes.utf8(text));
    }

    /// One that has no value.
    public Builder add(OptionNumber o) {
      return add(o.number(), Bytes.EMPTY);
    }

    /// In as few bytes as it takes (section 3.2).
    public Builder add(OptionNumber o, long uint) {
      int n = (64 - Long.numberOfLeadingZeros(uint) + 7) / 8;
      byte[] b = new byte[n];
      for (int i = 0; i < n; i++) {
        b[i] = (byte) (uint >>> 8 * (n - 1 - i));
      }
      return add(o.number(), Bytes.wrap(b));
    }

    /// In place of all of its number.
    public Builder set(OptionNumber o, long uint) {
      return remove(o).add(o, uint);
    }

    /// A Uri-Path for each segment of a path such as `ps/ward/7`.
    public Builder path(String path) {
      if (!path.isEmpty()) {
        for (String segment : path.split("/", -1)) {
          add(OptionNumber.URI_PATH, segment);
        }
      }
      return this;
    }

    public Builder query(String name, String value) {
      return add(OptionNumber.URI_QUERY, name + "=" + value);
    }

    public Builder contentFormat(int format) {
      return set(OptionNumber.CONTENT_FORMAT, format);
    }

    public Builder remove(OptionNumber o) {
      int left = 0;
      for (int i = 0; i < count; i++) {
        if (numberOf(places[i]) != o.number()) {
          places[left++] = places[i];
        }
      }
      count = left;
      return this;
    }

    public Options build() {
      return count == 0 ? NONE : new Options(Arrays.copyOf(values, used), Arrays.copyOf(places, count), count);
    }
  }
}
