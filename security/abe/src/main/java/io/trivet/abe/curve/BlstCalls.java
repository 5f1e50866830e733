package io.trivet.abe.curve;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Calls of blst on arrays. A result may stand where an argument did.
@SuppressWarnings("restricted") // blst says how long what it points to is
final class BlstCalls {
  private static final int SUCCESS = 0;

  private BlstCalls() {}

  private static MemorySegment at(long[] array) {
    return MemorySegment.ofArray(array);
  }

  private static MemorySegment at(byte[] array) {
    return MemorySegment.ofArray(array);
  }

  /// Foreign functions declare any throwable; those of blst throw none.
  private static AssertionError broken(Throwable t) {
    return new AssertionError("a call of blst failed", t);
  }

  static MemorySegment generator1() {
    try {
      return (MemorySegment) BlstSymbols.P1_GENERATOR.invokeExact();
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static MemorySegment generator2() {
    try {
      return (MemorySegment) BlstSymbols.P2_GENERATOR.invokeExact();
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /// The neutral element of the field of twelve coefficients; its first is the field's one.
  static long[] one() {
    try {
      MemorySegment one = (MemorySegment) BlstSymbols.FP12_ONE.invokeExact();
      long[] out = new long[BlstCurve.FP12];
      at(out).copyFrom(one.reinterpret(8L * BlstCurve.FP12));
      return out;
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void hashToG1(long[] out, byte[] input, byte[] domain) {
    try {
      BlstSymbols.HASH_TO_G1.invokeExact(
          at(out), at(input), (long) input.length, at(domain), (long) domain.length, MemorySegment.NULL, 0L);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void mult1(long[] out, long[] point, byte[] scalar, long bits) {
    try {
      BlstSymbols.P1_MULT.invokeExact(at(out), at(point), at(scalar), bits);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void add1(long[] out, long[] a, long[] b) {
    try {
      BlstSymbols.P1_ADD.invokeExact(at(out), at(a), at(b));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void addAffine1(long[] out, long[] a, long[] affine) {
    try {
      BlstSymbols.P1_ADD_AFFINE.invokeExact(at(out), at(a), at(affine));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void negate1(long[] point) {
    negate1(point, 1);
  }

  /// @param negative 1 or 0; may be secret
  static void negate1(long[] point, long negative) {
    try {
      BlstSymbols.P1_NEGATE.invokeExact(at(point), negative);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static long[] fromAffine1(long[] affine) {
    long[] out = new long[BlstCurve.POINT_1];
    try {
      BlstSymbols.P1_FROM_AFFINE.invokeExact(at(out), at(affine));
    } catch (Throwable t) {
      throw broken(t);
    }
    return out;
  }

  static void toAffine1(MemorySegment out, long[] point) {
    try {
      BlstSymbols.P1_TO_AFFINE.invokeExact(out, at(point));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static byte[] compress1(long[] point) {
    byte[] out = new byte[G1.BYTES];
    try {
      BlstSymbols.P1_COMPRESS.invokeExact(at(out), at(point));
    } catch (Throwable t) {
      throw broken(t);
    }
    return out;
  }

  /// @return whether the bytes are a point of the group and not the neutral one; `affine` holds it then
  static boolean read1(long[] affine, byte[] compressed) {
    try {
      return (int) BlstSymbols.P1_UNCOMPRESS.invokeExact(at(affine), at(compressed)) == SUCCESS
          && !(boolean) BlstSymbols.P1_IS_INFINITY.invokeExact(at(affine))
          && (boolean) BlstSymbols.P1_IN_GROUP.invokeExact(at(affine));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void add2(long[] out, long[] a, long[] b) {
    try {
      BlstSymbols.P2_ADD.invokeExact(at(out), at(a), at(b));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void addAffine2(long[] out, long[] a, long[] affine) {
    try {
      BlstSymbols.P2_ADD_AFFINE.invokeExact(at(out), at(a), at(affine));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /// @param negative 1 or 0; may be secret
  static void negate2(long[] point, long negative) {
    try {
      BlstSymbols.P2_NEGATE.invokeExact(at(point), negative);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void toAffine2(MemorySegment out, long[] point) {
    try {
      BlstSymbols.P2_TO_AFFINE.invokeExact(out, at(point));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static byte[] compress2(long[] point) {
    byte[] out = new byte[G2.BYTES];
    try {
      BlstSymbols.P2_COMPRESS.invokeExact(at(out), at(point));
    } catch (Throwable t) {
      throw broken(t);
    }
    return out;
  }

  /// @return whether the bytes are a point of the group and not the neutral one; `affine` holds it then
  static boolean read2(long[] affine, byte[] compressed) {
    try {
      return (int) BlstSymbols.P2_UNCOMPRESS.invokeExact(at(affine), at(compressed)) == SUCCESS
          && !(boolean) BlstSymbols.P2_IS_INFINITY.invokeExact(at(affine))
          && (boolean) BlstSymbols.P2_IN_GROUP.invokeExact(at(affine));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void pair(MemorySegment out, MemorySegment looped, MemorySegment ps, MemorySegment qs, int n) {
    try {
      BlstSymbols.MILLER_LOOP_N.invokeExact(looped, qs, ps, (long) n);
      BlstSymbols.FINAL_EXP.invokeExact(out, looped);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void mul12(long[] out, long[] a, long[] b) {
    try {
      BlstSymbols.FP12_MUL.invokeExact(at(out), at(a), at(b));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void square12(long[] out, long[] a) {
    try {
      BlstSymbols.FP12_SQUARE.invokeExact(at(out), at(a));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  static void conjugate12(long[] a) {
    try {
      BlstSymbols.FP12_CONJUGATE.invokeExact(at(a));
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /// @param n 1 to 3: the exponent is p to this power
  static void frobenius12(long[] out, long[] a, int n) {
    try {
      BlstSymbols.FP12_FROBENIUS.invokeExact(at(out), at(a), (long) n);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /// Each fp6 holds the coefficients of even or odd powers of w; the encoding takes them in turn.
  static byte[] bytes12(long[] a) {
    byte[] out = new byte[Gt.BYTES];
    try {
      BlstSymbols.FP12_TO_BYTES.invokeExact(at(out), at(a));
    } catch (Throwable t) {
      throw broken(t);
    }
    return out;
  }

  /// @return whether the bytes are an element of order r; `out` holds it then
  static boolean read12(long[] out, byte[] encoded) {
    long[] fp = new long[BlstCurve.FP];
    try {
      for (int i = 0; i < 12; i++) {
        byte[] coefficient = Arrays.copyOfRange(encoded, 48 * i, 48 * (i + 1));
        BlstSymbols.FP_FROM_BYTES.invokeExact(at(fp), at(coefficient));
        int power = i >> 1;
        int place = (power & 1) * 6 + (power >> 1) * 2 + (i & 1);
        System.arraycopy(fp, 0, out, place * BlstCurve.FP, BlstCurve.FP);
      }
      return Arrays.equals(bytes12(out), encoded)
          && !(boolean) BlstSymbols.FP12_IS_ONE.invokeExact(at(out))
          && (boolean) BlstSymbols.FP12_IN_GROUP.invokeExact(at(out));
    } catch (Throwable t) {
      throw broken(t);
    }
  }
}
