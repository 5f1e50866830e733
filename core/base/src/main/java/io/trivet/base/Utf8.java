package io.trivet.base;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Strict UTF-8 as MQTT wants it: well-formed, no surrogates (D800 to DFFF), no U+0000
/// (MQTT 3.1.1 and 5.0, section 1.5.3 and 1.5.4; RFC 3629).
public final class Utf8 {
  private Utf8() {}

  /// Decodes `a[from, to)`, or returns null where the bytes are no well-formed UTF-8 or hold U+0000.
  public static @Nullable String decode(byte[] a, int from, int to) {
    int i = from;
    while (i < to && a[i] > 0) {
      i++;
    }
    if (i == to) {
      return new String(a, from, to - from, StandardCharsets.ISO_8859_1);
    }
    return isWellFormed(a, i, to) ? new String(a, from, to - from, StandardCharsets.UTF_8) : null;
  }

  /// Whether `a[from, to)` is well-formed UTF-8 without U+0000.
  public static boolean isWellFormed(byte[] a, int from, int to) {
    int i = from;
    while (i < to) {
      int b = a[i];
      if (b > 0) {
        i++;
        continue;
      }
      int size = sequenceLength(b);
      if (size == 0 || i + size > to || !continues(a, i, size)) {
        return false;
      }
      i += size;
    }
    return true;
  }

  /// 2, 3 or 4 for a lead byte; 0 for NUL, a stray continuation, an overlong lead (C0, C1) or one above U+10FFFF.
  private static int sequenceLength(int lead) {
    int u = lead & 0xFF;
    if (u >= 0xC2 && u <= 0xDF) {
      return 2;
    }
    if (u >= 0xE0 && u <= 0xEF) {
      return 3;
    }
    return u >= 0xF0 && u <= 0xF4 ? 4 : 0;
  }

  private static boolean continues(byte[] a, int at, int size) {
    for (int k = 1; k < size; k++) {
      if ((a[at + k] & 0xC0) != 0x80) {
        return false;
      }
    }
    int lead = a[at] & 0xFF;
    int second = a[at + 1] & 0xFF;
    return switch (lead) {
      case 0xE0 -> second >= 0xA0; // overlong
      case 0xED -> second <= 0x9F; // surrogate
      case 0xF0 -> second >= 0x90; // overlong
      case 0xF4 -> second <= 0x8F; // above U+10FFFF
      default -> true;
    };
  }
}
