package io.trivet.abe.curve;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Multiplication of points that stay the same, by tables of their multiples: a quarter of what a point met
/// for the first time takes.
final class BlstTables {
  private static final int WINDOWS = Windows.count(256);

  private BlstTables() {}

  record Base1(Windows table) {
    long[] times(Scalar secret) {
      long[] exponent = limbs(secret);
      int[] digits = Windows.digits(exponent);
      long[] sum = new long[BlstCurve.POINT_1];
      long[] entry = new long[BlstCurve.POINT_1]; // negating reads y, at the same place in both forms
      long[] infinity = new long[BlstCurve.AFFINE_1];
      for (int w = 0; w < WINDOWS; w++) {
        table.select(w, digits[w], infinity, entry);
        BlstCalls.negate1(entry, Windows.sign(digits[w]));
        BlstCalls.addAffine1(sum, sum, entry);
      }
      Arrays.fill(exponent, 0);
      Windows.wipe(digits);
      Arrays.fill(entry, 0);
      return sum;
    }
  }

  record Base2(Windows table) {
    long[] times(Scalar secret) {
      long[] exponent = limbs(secret);
      int[] digits = Windows.digits(exponent);
      long[] sum = new long[BlstCurve.POINT_2];
      long[] entry = new long[BlstCurve.POINT_2];
      long[] infinity = new long[BlstCurve.AFFINE_2];
      for (int w = 0; w < WINDOWS; w++) {
        table.select(w, digits[w], infinity, entry);
        BlstCalls.negate2(entry, Windows.sign(digits[w]));
        BlstCalls.addAffine2(sum, sum, entry);
      }
      Arrays.fill(exponent, 0);
      Windows.wipe(digits);
      Arrays.fill(entry, 0);
      return sum;
    }
  }

  private static long[] limbs(Scalar scalar) {
    return new long[] {scalar.limb(0), scalar.limb(1), scalar.limb(2), scalar.limb(3)};
  }

  static Base1 of(BlstCurve.Point1 base) {
    long[] entries = new long[WINDOWS * Windows.PER_WINDOW * BlstCurve.AFFINE_1];
    long[] shifted = base.xyz().clone();
    int at = 0;
    for (int w = 0; w < WINDOWS; w++) {
      long[] multiple = new long[BlstCurve.POINT_1];
      for (int j = 1; j <= Windows.PER_WINDOW; j++) {
        BlstCalls.add1(multiple, multiple, shifted);
        BlstCalls.toAffine1(slice(entries, at, BlstCurve.AFFINE_1), multiple);
        at += BlstCurve.AFFINE_1;
      }
      BlstCalls.add1(shifted, multiple, multiple); // sixteen times, doubled: the next window's
    }
    return new Base1(new Windows(entries, BlstCurve.AFFINE_1));
  }

  static Base2 of(BlstCurve.Point2 base) {
    long[] entries = new long[WINDOWS * Windows.PER_WINDOW * BlstCurve.AFFINE_2];
    long[] shifted = base.xyz().clone();
    int at = 0;
    for (int w = 0; w < WINDOWS; w++) {
      long[] multiple = new long[BlstCurve.POINT_2];
      for (int j = 1; j <= Windows.PER_WINDOW; j++) {
        BlstCalls.add2(multiple, multiple, shifted);
        BlstCalls.toAffine2(slice(entries, at, BlstCurve.AFFINE_2), multiple);
        at += BlstCurve.AFFINE_2;
      }
      BlstCalls.add2(shifted, multiple, multiple);
    }
    return new Base2(new Windows(entries, BlstCurve.AFFINE_2));
  }

  private static MemorySegment slice(long[] array, int at, int longs) {
    return MemorySegment.ofArray(array).asSlice(8L * at, 8L * longs);
  }
}
