package io.trivet.abe.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Against the JDK's numbers, at random and at the edges of limbs and of the order.
class ScalarTest {
  private static final BigInteger R = Scalar.ORDER;
  private static final BigInteger WIDE = BigInteger.ONE.shiftLeft(8 * Scalar.WIDE_BYTES);

  private static List<BigInteger> values() {
    List<BigInteger> values = new ArrayList<>();
    for (int bits : new int[] {0, 1, 63, 64, 65, 127, 128, 191, 192, 254}) {
      BigInteger power = BigInteger.ONE.shiftLeft(bits);
      values.addAll(List.of(power.subtract(BigInteger.ONE), power, power.add(BigInteger.ONE)));
    }
    values.addAll(List.of(R.subtract(BigInteger.ONE), R.shiftRight(1), R.shiftRight(1).add(BigInteger.ONE)));
    Random random = new Random(1);
    for (int i = 0; i < 40; i++) {
      values.add(new BigInteger(255, random).mod(R));
    }
    return values;
  }

  static Scalar scalar(BigInteger value) {
    byte[] wide = new byte[Scalar.WIDE_BYTES];
    byte[] bytes = value.toByteArray();
    int skip = bytes[0] == 0 ? 1 : 0;
    System.arraycopy(bytes, skip, wide, wide.length - bytes.length + skip, bytes.length - skip);
    return Scalar.wide(wide, 0);
  }

  private static BigInteger number(Scalar s) {
    return new BigInteger(1, s.bigEndian());
  }

  @Test
  void addsSubtractsAndMultiplies() {
    for (BigInteger a : values()) {
      assertThat(number(scalar(a).negated())).isEqualTo(a.negate().mod(R));
      for (BigInteger b : values()) {
        assertThat(number(scalar(a).plus(scalar(b)))).isEqualTo(a.add(b).mod(R));
        assertThat(number(scalar(a).minus(scalar(b)))).isEqualTo(a.subtract(b).mod(R));
        assertThat(number(scalar(a).times(scalar(b)))).isEqualTo(a.multiply(b).mod(R));
      }
    }
  }

  @Test
  void reducesWideNumbers() {
    Random random = new Random(2);
    List<BigInteger> wide = new ArrayList<>(List.of(R, R.add(BigInteger.ONE), WIDE.subtract(BigInteger.ONE)));
    wide.addAll(List.of(R.shiftLeft(128), R.shiftLeft(128).subtract(BigInteger.ONE), R.shiftLeft(1)));
    for (int i = 0; i < 200; i++) {
      wide.add(new BigInteger(384, random));
    }
    wide.forEach(w -> assertThat(number(scalar(w))).isEqualTo(w.mod(R)));
  }

  @Test
  void inverts() {
    for (BigInteger a : values()) {
      BigInteger inverse = a.signum() == 0 ? BigInteger.ZERO : a.modInverse(R);
      assertThat(number(scalar(a).inverted())).isEqualTo(inverse);
    }
  }

  @Test
  void writesDigitsInAnyLargeBase() {
    for (long radix : new long[] {0xd201000000010000L, -1L, 1L << 63, 0x8000000000000001L}) {
      BigInteger base = new BigInteger(Long.toUnsignedString(radix));
      for (BigInteger a : values()) {
        BigInteger rest = a;
        long[] digits = scalar(a).digits(radix);
        for (int i = 0; i < digits.length; i++) {
          BigInteger expected = i < digits.length - 1 ? rest.mod(base) : rest;
          assertThat(digits[i]).isEqualTo(expected.longValue());
          rest = rest.divide(base);
        }
      }
    }
  }

  @Test
  void readsOnlyNumbersBelowTheOrder() {
    byte[] order = R.toByteArray();
    byte[] below = R.subtract(BigInteger.ONE).toByteArray();
    assertThat(Scalar.isCanonical(order, 0)).isFalse();
    assertThat(Scalar.isCanonical(below, 0)).isTrue();
    assertThat(Scalar.canonical(below, 0).bigEndian()).isEqualTo(below);
    assertThatThrownBy(() -> Scalar.canonical(order, 0)).isInstanceOf(IllegalArgumentException.class);
    byte[] most = new byte[Scalar.BYTES];
    Arrays.fill(most, (byte) 0xFF);
    assertThat(Scalar.isCanonical(most, 0)).isFalse();
  }

  @Test
  void isOverwrittenAndTellsNothingOfItself() {
    Scalar s = scalar(R.subtract(BigInteger.TWO));
    assertThat(s.toString()).doesNotContain(R.subtract(BigInteger.TWO).toString(16));
    Scalar.wipe(s, Scalar.ONE, Scalar.ZERO);
    assertThat(number(s)).isZero();
    assertThat(Scalar.ONE.isOne()).isTrue();
  }

  /// Signed digits of five bits, from which the number is put together again.
  @Test
  void windowsHoldTheNumber() {
    Random random = new Random(3);
    List<long[]> exponents = new ArrayList<>();
    exponents.add(new long[] {-1, -1, -1, Long.MAX_VALUE});
    exponents.add(new long[] {-1});
    exponents.add(new long[] {0x8421084210842108L});
    for (int i = 0; i < 200; i++) {
      exponents.add(new long[] {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong() >>> 1});
      exponents.add(new long[] {random.nextLong()});
    }
    for (long[] limbs : exponents) {
      BigInteger sum = BigInteger.ZERO;
      int[] digits = Windows.digits(limbs);
      for (int w = 0; w < digits.length; w++) {
        assertThat(digits[w]).isBetween(-Windows.PER_WINDOW, Windows.PER_WINDOW);
        sum = sum.add(BigInteger.valueOf(digits[w]).shiftLeft(w * Windows.BITS));
      }
      BigInteger expected = BigInteger.ZERO;
      for (int i = limbs.length - 1; i >= 0; i--) {
        expected = expected.shiftLeft(64).add(new BigInteger(Long.toUnsignedString(limbs[i])));
      }
      assertThat(sum).isEqualTo(expected);
    }
  }
}
