package io.trivet.base;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// An immutable run of bytes: a slice of an array that nobody writes to any more.
///
/// Whoever makes one from an array with [#wrap(byte[], int, int)] gives the array away. A slice keeps its whole
/// array alive, so what outlives a read cycle is made with [#copyOf(byte[], int, int)] or passed through
/// [#compact()].
public final class Bytes implements Comparable<Bytes> {
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;
  private int hash;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /// Takes over `array[offset, offset + length)` without copying; the caller must not write to it afterwards.
  public static Bytes wrap(byte[] array, int offset, int length) {
    if ((offset | length | (array.length - offset - length)) < 0) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + array.length);
    }
    return length == 0 ? EMPTY : new Bytes(array, offset, length);
  }

  /// Takes over the whole array without copying.
  public static Bytes wrap(byte[] array) {
    return wrap(array, 0, array.length);
  }

  public static Bytes copyOf(byte[] array, int offset, int length) {
    return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(array, offset, offset + length), 0, length);
  }

  public static Bytes copyOf(byte[] array) {
    return copyOf(array, 0, array.length);
  }

  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Reads hexadecimal digits; blanks between them are passed over, so test vectors can be written as printed.
  public static Bytes hex(String digits) {
    return wrap(HexFormat.of().parseHex(digits.replaceAll("\\s+", "")));
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte at(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index + " of " + length);
    }
    return array[offset + index];
  }

  public Bytes slice(int from, int size) {
    if ((from | size | (length - from - size)) < 0) {
      throw new IndexOutOfBoundsException(from + "+" + size + " of " + length);
    }
    return size == 0 ? EMPTY : new Bytes(array, offset + from, size);
  }

  /// The same bytes in an array of just their length, so that a small slice does not keep a large array alive.
  public Bytes compact() {
    return array.length == length ? this : copyOf(array, offset, length);
  }

  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  public void copyTo(byte[] target, int at) {
    System.arraycopy(array, offset, target, at, length);
  }

  /// The array behind the slice, for encoders only: reading is allowed, writing is a defect.
  public byte[] backingArray() {
    return array;
  }

  public int backingOffset() {
    return offset;
  }

  /// Decodes as UTF-8, replacing what is malformed; use [Utf8#decode] where malformed input must be refused.
  public String asUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  public boolean contentEquals(byte[] other, int from, int to) {
    return Arrays.equals(array, offset, offset + length, other, from, to);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(
        array, offset, offset + length, other.array, other.offset, other.offset + other.length);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Bytes b
        && Arrays.equals(array, offset, offset + length, b.array, b.offset, b.offset + b.length);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0 && length > 0) {
      h = 1;
      for (int i = offset, end = offset + length; i < end; i++) {
        h = 31 * h + array[i];
      }
      hash = h;
    }
    return h;
  }

  /// The length and at most the first 32 bytes in hexadecimal.
  @Override
  public String toString() {
    int shown = Math.min(length, 32);
    String digits = HexFormat.of().formatHex(array, offset, offset + shown);
    return length + " B [" + digits + (shown < length ? "…]" : "]");
  }
}
