package io.trivet.abe.curve;

import java.math.BigInteger;
import java.util.Arrays;

/// An integer modulo r, the order of the three groups. No operation here branches on a value or indexes by
/// one, so scalars may be secret; [#wipe()] overwrites one that was.
///
/// Four limbs, the least significant first, always below r. Products go through Montgomery's form and out
/// again: there are a few dozen of them beside hundreds of thousands of field multiplications in the groups.
public final class Scalar {
  /// r (RFC 9380, section 8.8.1 calls it so too).
  public static final BigInteger ORDER =
      new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

  public static final int BYTES = 32;

  /// So many uniform bytes reduce to a scalar whose bias is below 2^-128.
  public static final int WIDE_BYTES = 48;

  private static final int LIMBS = 4;
  private static final long[] R = limbsOf(ORDER);

  /// -1/r modulo 2^64.
  private static final long R_INVERSE =
      ORDER.negate().modInverse(BigInteger.ONE.shiftLeft(64)).longValue();

  private static final long[] R_SQUARED = limbsOf(BigInteger.ONE.shiftLeft(512).mod(ORDER));
  private static final long[] UNIT = {1, 0, 0, 0};

  public static final Scalar ZERO = new Scalar(new long[LIMBS]);
  public static final Scalar ONE = new Scalar(UNIT.clone());

  private final long[] limbs;

  private Scalar(long[] limbs) {
    this.limbs = limbs;
  }

  /// @param value not negative; it is public, as all that passes through here is
  public static Scalar of(long value) {
    return new Scalar(new long[] {value, 0, 0, 0});
  }

  /// Reduces 48 uniform bytes, the most significant first.
  public static Scalar wide(byte[] from, int at) {
    long[] low = new long[LIMBS];
    long[] high = new long[LIMBS];
    for (int i = 0; i < 6; i++) {
      long limb = bigEndian(from, at + 8 * (5 - i));
      if (i < LIMBS) {
        low[i] = limb;
      } else {
        high[i - LIMBS] = limb;
      }
    }
    long[] lifted = montgomery(low, R_SQUARED);
    long[] lowReduced = montgomery(lifted, UNIT);
    long[] highReduced = montgomery(high, R_SQUARED);
    long[] sum = sum(lowReduced, highReduced);
    for (long[] l : new long[][] {low, high, lifted, lowReduced, highReduced}) {
      Arrays.fill(l, 0);
    }
    return new Scalar(sum);
  }

  /// Reads 32 bytes, the most significant first.
  ///
  /// @throws IllegalArgumentException when the number is not below r: ask [#isCanonical(byte[],int)] first
  public static Scalar canonical(byte[] from, int at) {
    if (!isCanonical(from, at)) {
      throw new IllegalArgumentException("not below the order of the group");
    }
    return new Scalar(read(from, at));
  }

  public static boolean isCanonical(byte[] from, int at) {
    long[] value = read(from, at);
    boolean below = subtract(value, R, new long[LIMBS]) != 0;
    Arrays.fill(value, 0);
    return below;
  }

  public Scalar plus(Scalar other) {
    return new Scalar(sum(limbs, other.limbs));
  }

  public Scalar minus(Scalar other) {
    long[] difference = new long[LIMBS];
    long borrowed = subtract(limbs, other.limbs, difference);
    long carry = 0;
    for (int i = 0; i < LIMBS; i++) {
      long add = R[i] & -borrowed;
      long s = difference[i] + add;
      long c = carryOf(difference[i], add, s);
      long t = s + carry;
      carry = c | carryOf(s, carry, t);
      difference[i] = t;
    }
    return new Scalar(difference);
  }

  public Scalar negated() {
    return ZERO.minus(this);
  }

  public Scalar times(Scalar other) {
    long[] scaled = montgomery(limbs, other.limbs);
    long[] product = montgomery(scaled, R_SQUARED);
    Arrays.fill(scaled, 0);
    return new Scalar(product);
  }

  /// 1/x by Fermat's little theorem; of zero it is zero.
  public Scalar inverted() {
    BigInteger exponent = ORDER.subtract(BigInteger.TWO);
    Scalar power = ONE;
    for (int i = exponent.bitLength() - 1; i >= 0; i--) {
      power = power.times(power);
      if (exponent.testBit(i)) {
        power = power.times(this);
      }
    }
    return power;
  }

  /// For public scalars: it says in its timing where they differ.
  public boolean isZero() {
    return (limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0;
  }

  /// For public scalars, as a weight in a sum.
  public boolean isOne() {
    return Arrays.equals(limbs, UNIT);
  }

  /// 32 bytes, the most significant first.
  public byte[] bigEndian() {
    byte[] out = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      out[BYTES - 1 - i] = (byte) (limbs[i >> 3] >>> 8 * (i & 7));
    }
    return out;
  }

  void wipe() {
    Arrays.fill(limbs, 0);
  }

  /// Overwrites scalars that nothing uses any more.
  public static void wipe(Scalar... used) {
    for (Scalar s : used) {
      if (s != ZERO && s != ONE) {
        s.wipe();
      }
    }
  }

  long limb(int i) {
    return limbs[i];
  }

  /// The scalar in base `radix`, four digits, the least first.
  ///
  /// @param radix above the fourth root of r, the same for all scalars
  long[] digits(long radix) {
    long[] out = new long[LIMBS];
    long[] rest = limbs.clone();
    for (int d = 0; d < LIMBS - 1; d++) {
      out[d] = divide(rest, radix);
    }
    out[LIMBS - 1] = rest[0];
    Arrays.fill(rest, 0);
    return out;
  }

  /// Long division bit by bit: the processor's own takes longer for larger numbers.
  ///
  /// @param value becomes the quotient
  /// @return the remainder
  private static long divide(long[] value, long divisor) {
    long remainder = 0;
    for (int bit = 64 * LIMBS - 1; bit >= 0; bit--) {
      long out = remainder >>> 63;
      remainder = remainder << 1 | value[bit >> 6] >>> (bit & 63) & 1;
      long difference = remainder - divisor;
      long fits = out | 1 ^ borrowOf(remainder, divisor, difference);
      remainder = difference & -fits | remainder & ~-fits;
      value[bit >> 6] = value[bit >> 6] & ~(1L << (bit & 63)) | fits << (bit & 63);
    }
    return remainder;
  }

  private static long[] sum(long[] a, long[] b) {
    long[] out = new long[LIMBS];
    long carry = 0;
    for (int i = 0; i < LIMBS; i++) {
      long s = a[i] + b[i];
      long c = carryOf(a[i], b[i], s);
      out[i] = s + carry;
      carry = c | carryOf(s, carry, out[i]);
    }
    return reduced(out); // two numbers below r, a number of 255 bits, leave no carry
  }

  private static long[] reduced(long[] value) {
    long[] less = new long[LIMBS];
    long keep = -subtract(value, R, less);
    for (int i = 0; i < LIMBS; i++) {
      value[i] = value[i] & keep | less[i] & ~keep;
    }
    Arrays.fill(less, 0);
    return value;
  }

  /// @return 1 where b is the larger, otherwise 0
  private static long subtract(long[] a, long[] b, long[] out) {
    long borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
      long d = a[i] - b[i];
      long first = borrowOf(a[i], b[i], d);
      long e = d - borrow;
      borrow = first | borrowOf(d, borrow, e);
      out[i] = e;
    }
    return borrow;
  }

  /// `a b / 2^256` modulo r, for `a` of any 256 bits and `b` below r: Montgomery's product, limb by limb.
  private static long[] montgomery(long[] a, long[] b) {
    long[] t = new long[LIMBS + 1];
    for (int i = 0; i < LIMBS; i++) {
      long top = accumulate(t, b, a[i]);
      long quotient = t[0] * R_INVERSE;
      long carried = accumulate(t, R, quotient);
      // t[0] is zero now: shift down a limb. Twice r is below 2^256, so what stands above the fifth limb is zero.
      System.arraycopy(t, 1, t, 0, LIMBS);
      t[LIMBS] = top + carried;
    }
    long[] out = Arrays.copyOf(t, LIMBS);
    Arrays.fill(t, 0);
    return reduced(out);
  }

  /// Adds `b` times `factor` to `t`.
  ///
  /// @return what is carried out of the top
  private static long accumulate(long[] t, long[] b, long factor) {
    long carry = 0;
    for (int j = 0; j < LIMBS; j++) {
      long low = b[j] * factor;
      long high = Math.unsignedMultiplyHigh(b[j], factor);
      long s = low + t[j];
      high += carryOf(low, t[j], s);
      t[j] = s + carry;
      carry = high + carryOf(s, carry, t[j]);
    }
    long s = t[LIMBS] + carry;
    long out = carryOf(t[LIMBS], carry, s);
    t[LIMBS] = s;
    return out;
  }

  private static long carryOf(long a, long b, long sum) {
    return (a & b | (a | b) & ~sum) >>> 63;
  }

  private static long borrowOf(long a, long b, long difference) {
    return (~a & b | ~(a ^ b) & difference) >>> 63;
  }

  private static long[] read(byte[] from, int at) {
    long[] out = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      out[i] = bigEndian(from, at + 8 * (LIMBS - 1 - i));
    }
    return out;
  }

  private static long bigEndian(byte[] from, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | from[at + i] & 0xFF;
    }
    return value;
  }

  private static long[] limbsOf(BigInteger value) {
    long[] out = new long[LIMBS];
    for (int i = 0; i < LIMBS; i++) {
      out[i] = value.shiftRight(64 * i).longValue();
    }
    return out;
  }

  @Override
  public String toString() {
    return "Scalar[redacted]";
  }
}
