package io.trivet.abe.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.crypto.bls.BLS12_381G1;
import org.bouncycastle.crypto.bls.BLS12_381Serialization;
import org.bouncycastle.crypto.bls.Fp2Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Both implementations give the same bytes for everything, and refuse the same bytes.
class CurveTest {
  private static final Curve BLST = Curves.blst();
  private static final Curve JAVA = Curves.java();
  private static final BigInteger P = Fp2Element.P;

  static Stream<Curve> both() {
    return Stream.of(BLST, JAVA);
  }

  private static List<Scalar> scalars() {
    Random random = new Random(11);
    byte[] wide = new byte[2 * Scalar.WIDE_BYTES];
    random.nextBytes(wide);
    BigInteger z = new BigInteger("d201000000010000", 16);
    return List.of(
        Scalar.ONE,
        Scalar.of(16),
        Scalar.of(17),
        Scalar.ONE.negated(),
        ScalarTest.scalar(z),
        ScalarTest.scalar(z.pow(3).subtract(BigInteger.ONE)),
        Scalar.wide(wide, 0),
        Scalar.wide(wide, Scalar.WIDE_BYTES));
  }

  @Test
  void multiplyAlike() {
    for (Scalar s : scalars()) {
      byte[] input = s.bigEndian();
      assertThat(BLST.compressed(BLST.timesGenerator(s))).isEqualTo(JAVA.compressed(JAVA.timesGenerator(s)));
      assertThat(BLST.compressed(BLST.timesSecondBase(s))).isEqualTo(JAVA.compressed(JAVA.timesSecondBase(s)));
      assertThat(BLST.compressed(BLST.timesGenerator2(s))).isEqualTo(JAVA.compressed(JAVA.timesGenerator2(s)));
      G1 native1 = BLST.hash(input);
      G1 java1 = JAVA.hash(input);
      assertThat(BLST.compressed(native1)).isEqualTo(JAVA.compressed(java1));
      assertThat(BLST.compressed(BLST.times(native1, s))).isEqualTo(JAVA.compressed(JAVA.times(java1, s)));
      assertThat(BLST.compressed(BLST.negated(native1))).isEqualTo(JAVA.compressed(JAVA.negated(java1)));
      assertThat(BLST.compressed(BLST.plus(native1, BLST.timesGenerator(s))))
          .isEqualTo(JAVA.compressed(JAVA.plus(java1, JAVA.timesGenerator(s))));
    }
  }

  /// blst's pairing is the cube of BouncyCastle's: the convention is blst's.
  @Test
  void pairAlikeAndRaiseToPowersAlike() {
    for (Scalar s : scalars()) {
      byte[] a = pairings(BLST, s);
      byte[] b = pairings(JAVA, s);
      assertThat(a).isEqualTo(b);
      assertThat(power(BLST, a, s)).isEqualTo(power(JAVA, b, s));
      assertThat(BLST.power(BLST.generatorT(), s)).isEqualTo(JAVA.power(JAVA.generatorT(), s));
    }
  }

  private static byte[] pairings(Curve c, Scalar s) {
    return c.pairings(
        List.of(c.hash(s.bigEndian()), c.timesGenerator(s)),
        List.of(c.timesGenerator2(Scalar.of(5)), c.timesGenerator2(s)));
  }

  private static byte[] power(Curve c, byte[] element, Scalar s) {
    Gt base = c.gt(element, 0);
    if (base == null) {
      throw new AssertionError(c.name() + " does not read what it made");
    }
    return c.power(base, s);
  }

  @ParameterizedTest
  @MethodSource("both")
  void pairingIsBilinear(Curve c) {
    List<Scalar> all = scalars();
    Scalar a = all.get(6);
    Scalar b = all.get(7);
    byte[] both = c.pairings(List.of(c.timesGenerator(a)), List.of(c.timesGenerator2(b)));
    assertThat(both).isEqualTo(c.power(c.generatorT(), a.times(b)));
    byte[] inTurn = c.pairings(
        List.of(c.timesGenerator(a), c.timesGenerator(b)),
        List.of(c.timesGenerator2(Scalar.ONE), c.timesGenerator2(Scalar.ONE)));
    assertThat(inTurn).isEqualTo(c.power(c.generatorT(), a.plus(b)));
  }

  /// Both tables and plain multiplication, over the edges where digits carry.
  @Test
  void tablesGiveWhatTheLadderGives() {
    G1 generator = BLST.timesGenerator(Scalar.ONE);
    Random random = new Random(12);
    for (int i = 0; i < 300; i++) {
      byte[] wide = new byte[Scalar.WIDE_BYTES];
      if (i % 2 == 0) {
        random.nextBytes(wide);
      } else {
        wide[16 + random.nextInt(32)] = (byte) (1 << random.nextInt(8));
        wide[16 + random.nextInt(32)] = (byte) -1;
      }
      Scalar s = Scalar.wide(wide, 0);
      assertThat(BLST.compressed(BLST.timesGenerator(s))).isEqualTo(BLST.compressed(BLST.times(generator, s)));
    }
  }

  /// RFC 9380, appendix J.9.1, under the RFC's domain.
  @Test
  void hashesAsTheRfcDoes() {
    byte[] domain = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_".getBytes(StandardCharsets.US_ASCII);
    for (String[] v :
        new String[][] {
          {
            "",
            "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
          },
          {
            "abc",
            "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903"
          },
        }) {
      long[] point = new long[BlstCurve.POINT_1];
      BlstCalls.hashToG1(point, v[0].getBytes(StandardCharsets.US_ASCII), domain);
      byte[] x = BlstCalls.compress1(point);
      x[0] &= 0x1F;
      assertThat(Bytes.wrap(x)).isEqualTo(Bytes.hex(v[1]));
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void readsBackWhatItWrote(Curve c) {
    for (Scalar s : scalars()) {
      byte[] first = c.compressed(c.timesGenerator(s));
      byte[] second = c.compressed(c.timesGenerator2(s));
      G1 p = c.g1(first, 0);
      G2 q = c.g2(second, 0);
      assertThat(p).isNotNull();
      assertThat(q).isNotNull();
      if (p != null && q != null) {
        assertThat(c.compressed(p)).isEqualTo(first);
        assertThat(c.compressed(q)).isEqualTo(second);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void refusesTheNeutralElements(Curve c) {
    byte[] infinity = new byte[G2.BYTES];
    infinity[0] = (byte) 0xC0;
    assertThat(c.g1(infinity, 0)).isNull();
    assertThat(c.g2(infinity, 0)).isNull();
    byte[] one = new byte[Gt.BYTES];
    assertThat(c.gt(one, 0)).isNull();
    one[47] = 1;
    assertThat(c.gt(one, 0)).isNull();
  }

  @ParameterizedTest
  @MethodSource("both")
  void refusesOtherEncodingsOfAPoint(Curve c) {
    byte[] good = c.compressed(c.timesGenerator(Scalar.of(7)));
    byte[] uncompressedFlag = good.clone();
    uncompressedFlag[0] &= 0x7F;
    assertThat(c.g1(uncompressedFlag, 0)).isNull();
    byte[] infinityFlag = good.clone();
    infinityFlag[0] |= 0x40;
    assertThat(c.g1(infinityFlag, 0)).isNull();
    for (int x = 0; x < 40; x++) { // x + p has a place in 48 bytes less three bits only where x is small
      byte[] beyond = P.add(BigInteger.valueOf(x)).toByteArray();
      beyond[0] |= (byte) 0x80;
      assertThat(c.g1(beyond, 0)).isNull();
    }
  }

  /// The cofactor is 2^126: almost no point of the curve is in the group.
  @ParameterizedTest
  @MethodSource("both")
  void refusesPointsOfTheCurveOutsideTheGroup(Curve c) {
    int met = 0;
    for (int x = 0; x < 40; x++) {
      byte[] encoded = new byte[G1.BYTES];
      encoded[0] = (byte) 0x80;
      encoded[47] = (byte) x;
      met += isOnCurve1(encoded) ? 1 : 0;
      assertThat(c.g1(encoded, 0)).isNull();
      byte[] second = new byte[G2.BYTES];
      second[0] = (byte) 0x80;
      second[95] = (byte) x;
      met += isOnCurve2(second) ? 1 : 0;
      assertThat(c.g2(second, 0)).isNull();
    }
    assertThat(met).isGreaterThan(20);
  }

  private static boolean isOnCurve1(byte[] encoded) {
    try {
      return !BLS12_381Serialization.decompressG1(encoded, BLS12_381G1.createCurve()).isInfinity();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isOnCurve2(byte[] encoded) {
    try {
      return !BLS12_381Serialization.decompressG2(encoded).isInfinity();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("both")
  void refusesTargetElementsOfAnotherOrderOrEncoding(Curve c) {
    byte[] good = c.power(c.generatorT(), Scalar.of(9));
    assertThat(c.gt(good, 0)).isNotNull();
    for (int at = 0; at < Gt.BYTES; at += 95) {
      byte[] other = good.clone();
      other[at] ^= 1;
      assertThat(c.gt(other, 0)).as("byte " + at).isNull();
    }
    byte[] most = new byte[Gt.BYTES];
    Arrays.fill(most, (byte) 0xFF);
    assertThat(c.gt(most, 0)).isNull();
    assertThat(c.gt(minusOne(), 0)).as("-1, which has order 2").isNull();
  }

  private static byte[] minusOne() {
    byte[] minusOne = new byte[Gt.BYTES];
    byte[] bytes = P.subtract(BigInteger.ONE).toByteArray();
    System.arraycopy(bytes, 0, minusOne, 48 - bytes.length, bytes.length);
    return minusOne;
  }

  @Test
  void isChosenByAProperty() {
    assertThat(Curves.choose("java").curve().name()).isEqualTo("java");
    assertThat(Curves.choose("blst").curve().name()).isEqualTo("blst");
    assertThat(Curves.choose("").curve().name()).isEqualTo("blst");
    assertThatThrownBy(() -> Curves.choose("fast"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("io.trivet.abe.curve = fast: give blst or java");
  }

  @Test
  void pointsAreOverwritten() {
    BlstCurve.Point1 p = (BlstCurve.Point1) BLST.timesGenerator(Scalar.of(3));
    p.wipe();
    assertThat(p.xyz()).containsOnly(0);
    BlstCurve.Point2 q = (BlstCurve.Point2) BLST.timesGenerator2(Scalar.of(3));
    q.wipe();
    assertThat(q.xyz()).containsOnly(0);
  }
}
