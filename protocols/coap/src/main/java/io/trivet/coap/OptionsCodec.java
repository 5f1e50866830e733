package io.trivet.coap;

import java.util.Arrays;

/// Options and payload as they stand on the wire, the same over datagrams, streams and inside OSCORE (RFC 7252, section
/// 3.1; RFC 8323, section 3.2; RFC 8613, section 5.3).
public final class OptionsCodec {
  private static final int PAYLOAD_MARKER = 0xFF;
  private static final int ONE_BYTE = 13;
  private static final int TWO_BYTES = 14;
  private static final int RESERVED = 15;
  private static final int TWO_BYTES_FROM = 269;

  private OptionsCodec() {}

  /// What was read.
  ///
  /// @param payloadAt where the payload begins; the end where there is none
  /// @param broken what is wrong with the format; empty where nothing is
  public record Read(Options options, int payloadAt, String broken) {
    public boolean isBroken() {
      return !broken.isEmpty();
    }

    private static Read broken(String what) {
      return new Read(Options.NONE, 0, what);
    }
  }

  /// Reads `a[from, to)`. The options keep the array, so it must be the caller's to give away.
  ///
  /// @param optionsMax more are a format error
  public static Read read(byte[] a, int from, int to, int optionsMax) {
    long[] places = new long[Math.min(8, optionsMax)];
    int count = 0;
    int number = 0;
    int at = from;
    while (at < to) {
      int first = a[at++] & 0xFF;
      if (first == PAYLOAD_MARKER) {
        return at == to
            ? Read.broken("a payload marker without a payload")
            : new Read(options(a, places, count), at, "");
      }
      int delta = first >> 4;
      int length = first & 0xF;
      if (delta == RESERVED || length == RESERVED) {
        return Read.broken("an option with the reserved nibble 15");
      }
      int extended = (delta >= ONE_BYTE ? delta - 12 : 0) + (length >= ONE_BYTE ? length - 12 : 0);
      if (to - at < extended) {
        return Read.broken("an option cut off in its header");
      }
      if (delta >= ONE_BYTE) {
        delta = delta == ONE_BYTE ? (a[at++] & 0xFF) + ONE_BYTE : u16(a, at) + TWO_BYTES_FROM;
        at += delta >= TWO_BYTES_FROM ? 2 : 0;
      }
      if (length >= ONE_BYTE) {
        length = length == ONE_BYTE ? (a[at++] & 0xFF) + ONE_BYTE : u16(a, at) + TWO_BYTES_FROM;
        at += length >= TWO_BYTES_FROM ? 2 : 0;
      }
      number += delta;
      if (number > 0xFFFF) {
        return Read.broken("an option number above 65535");
      }
      if (to - at < length) {
        return Read.broken("an option of " + length + " bytes where " + (to - at) + " are left");
      }
      if (count == optionsMax) {
        return Read.broken("more than " + optionsMax + " options");
      }
      if (count == places.length) {
        places = Arrays.copyOf(places, Math.min(optionsMax, count * 2));
      }
      places[count++] = Options.place(number, at, length);
      at += length;
    }
    return new Read(options(a, places, count), at, "");
  }

  private static Options options(byte[] a, long[] places, int count) {
    return count == 0 ? Options.NONE : new Options(a, places, count);
  }

  private static int u16(byte[] a, int at) {
    return (a[at] & 0xFF) << 8 | a[at + 1] & 0xFF;
  }

  /// How many bytes options and payload take.
  public static int size(Options options, int payloadBytes) {
    int size = payloadBytes == 0 ? 0 : 1 + payloadBytes;
    int number = 0;
    for (int i = 0; i < options.count(); i++) {
      int length = options.length(i);
      size += 1 + extra(options.number(i) - number) + extra(length) + length;
      number = options.number(i);
    }
    return size;
  }

  private static int extra(int value) {
    return value < ONE_BYTE ? 0 : value < TWO_BYTES_FROM ? 1 : 2;
  }

  /// Writes options and payload.
  ///
  /// @return where the next byte goes
  public static int write(Options options, io.trivet.base.Bytes payload, byte[] to, int from) {
    int at = from;
    int number = 0;
    for (int i = 0; i < options.count(); i++) {
      int delta = options.number(i) - number;
      int length = options.length(i);
      number = options.number(i);
      to[at++] = (byte) (nibble(delta) << 4 | nibble(length));
      at = writeExtra(delta, to, at);
      at = writeExtra(length, to, at);
      options.copyValue(i, to, at);
      at += length;
    }
    if (!payload.isEmpty()) {
      to[at++] = (byte) PAYLOAD_MARKER;
      payload.copyTo(to, at);
      at += payload.length();
    }
    return at;
  }

  private static int nibble(int value) {
    return value < ONE_BYTE ? value : value < TWO_BYTES_FROM ? ONE_BYTE : TWO_BYTES;
  }

  private static int writeExtra(int value, byte[] to, int from) {
    int at = from;
    if (value >= TWO_BYTES_FROM) {
      to[at++] = (byte) (value - TWO_BYTES_FROM >> 8);
      to[at++] = (byte) (value - TWO_BYTES_FROM);
    } else if (value >= ONE_BYTE) {
      to[at++] = (byte) (value - ONE_BYTE);
    }
    return at;
  }

  /// The first critical option that breaks its own definition (sections 5.4.3 and 5.4.5), or 0.
  public static int badCritical(Options options) {
    for (int i = 0; i < options.count(); i++) {
      if (OptionNumber.isCritical(options.number(i)) && options.isBad(i)) {
        return options.number(i);
      }
    }
    return 0;
  }

  /// The same without the elective ones that break their own definition: those are to be ignored.
  public static Options withoutBadElective(Options options) {
    Options left = options;
    for (int i = options.count() - 1; i >= 0; i--) {
      if (!OptionNumber.isCritical(options.number(i)) && options.isBad(i)) {
        left = left.withoutIndex(i);
      }
    }
    return left;
  }
}
