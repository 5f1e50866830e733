package io.trivet.abe.curve;

import java.util.Arrays;

/// Multiples of one element, so that raising it to a power is a sum without doublings: for each window of
/// five bits of the exponent the multiples 1 to 16 of the element shifted to there. Digits run from -16 to
/// 16, since negation is cheap in all three groups.
///
/// Choosing an entry reads all sixteen of its window, so that neither time nor caches tell which it was.
///
/// @param entries each `longs` long, sixteen to a window
record Windows(long[] entries, int longs) {
  static final int BITS = 5;
  static final int PER_WINDOW = 16;

  /// How many windows hold an exponent of so many bits and the carry out of its last window.
  static int count(int bits) {
    return bits / BITS + 1;
  }

  /// Signed digits in base 32, the least first.
  ///
  /// @param exponent limbs, the least first
  static int[] digits(long[] exponent) {
    int[] digits = new int[count(64 * exponent.length)];
    int carry = 0;
    for (int w = 0; w < digits.length; w++) {
      int from = w * BITS;
      long window = from >> 6 < exponent.length ? exponent[from >> 6] >>> (from & 63) : 0;
      if ((from & 63) > 64 - BITS && (from >> 6) + 1 < exponent.length) {
        window |= exponent[(from >> 6) + 1] << 64 - (from & 63);
      }
      int digit = (int) (window & 31) + carry;
      carry = PER_WINDOW - digit >>> 31;
      digits[w] = digit - (carry << BITS);
    }
    return digits;
  }

  /// 1 for a digit below zero, otherwise 0.
  static int sign(int digit) {
    return digit >>> 31;
  }

  /// Copies the entry for the digit's magnitude to the beginning of `to`; for zero, `neutral`.
  void select(int window, int digit, long[] neutral, long[] to) {
    int negative = digit >> 31;
    int magnitude = (digit ^ negative) - negative;
    long zero = (long) (magnitude - 1) >> 63;
    for (int i = 0; i < longs; i++) {
      to[i] = neutral[i] & zero;
    }
    int at = window * PER_WINDOW * longs;
    for (int j = 1; j <= PER_WINDOW; j++) {
      long chosen = (long) ((magnitude ^ j) - 1) >> 63;
      for (int i = 0; i < longs; i++) {
        to[i] |= entries[at + i] & chosen;
      }
      at += longs;
    }
  }

  static void wipe(int[] digits) {
    Arrays.fill(digits, 0);
  }
}
