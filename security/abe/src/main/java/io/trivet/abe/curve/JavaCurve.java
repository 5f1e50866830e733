package io.trivet.abe.curve;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.bls.BLS12_381G1;
import org.bouncycastle.crypto.bls.BLS12_381G2;
import org.bouncycastle.crypto.bls.BLS12_381G2Point;
import org.bouncycastle.crypto.bls.BLS12_381Pairing;
import org.bouncycastle.crypto.bls.BLS12_381Serialization;
import org.bouncycastle.crypto.bls.BLS12_381SubgroupCheck;
import org.bouncycastle.crypto.bls.Fp12Element;
import org.bouncycastle.crypto.bls.Fp2Element;
import org.bouncycastle.crypto.bls.Fp6Element;
import org.bouncycastle.crypto.hash2curve.HashToCurveProfile;
import org.bouncycastle.crypto.hash2curve.HashToEllipticCurve;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/// BouncyCastle's groups in plain Java: twenty to ninety times slower than blst, for where blst has no
/// functions to call.
///
/// Its numbers are `BigInteger`: they take more or less time by their values, and cannot be overwritten. The
/// ladders for secret scalars take the same steps for all of them, no more.
final class JavaCurve implements Curve {
  private static final BigInteger Z = new BigInteger("d201000000010000", 16);
  private static final BigInteger THREE = BigInteger.valueOf(3);

  /// Numbers that cannot be overwritten.
  record Point1(ECPoint point) implements G1 {
    @Override
    public void wipe() {}
  }

  record Point2(BLS12_381G2Point point) implements G2 {
    @Override
    public void wipe() {}
  }

  record Element(Fp12Element value) implements Gt {}

  private final HashToEllipticCurve hash =
      HashToEllipticCurve.getInstance(HashToCurveProfile.BLS12_381_G1_XMD_SHA_256_SSWU_RO, HASH_DOMAIN);
  private final ECCurve curve = BLS12_381G1.createCurve();
  private final ECPoint generator = BLS12_381G1.getGenerator(curve);
  private final ECPoint secondBase = hashed(new byte[] {SECOND_BASE});
  private final Element generatorT =
      new Element(BLS12_381Pairing.pair(generator, BLS12_381G2.getGenerator()).modPow(THREE));

  @Override
  public String name() {
    return "java";
  }

  private ECPoint hashed(byte[] input) {
    synchronized (hash) { // it keeps a digest
      ECPoint p = hash.hashToCurve(input).normalize();
      return curve.createPoint(p.getAffineXCoord().toBigInteger(), p.getAffineYCoord().toBigInteger());
    }
  }

  @Override
  public G1 hash(byte[] input) {
    return new Point1(hashed(input));
  }

  @Override
  public G1 timesGenerator(Scalar secret) {
    return times(generator, secret);
  }

  @Override
  public G1 timesSecondBase(Scalar secret) {
    return times(secondBase, secret);
  }

  @Override
  public G1 times(G1 point, Scalar secret) {
    return times(ec(point), secret);
  }

  private static G1 times(ECPoint point, Scalar secret) {
    return new Point1(BLS12_381G1.constantTimeMultiply(point, number(secret)));
  }

  @Override
  public G1 plus(G1 a, G1 b) {
    return new Point1(ec(a).add(ec(b)));
  }

  @Override
  public G1 negated(G1 point) {
    return new Point1(ec(point).negate());
  }

  @Override
  public byte[] compressed(G1 point) {
    return BLS12_381Serialization.compressG1(ec(point));
  }

  @Override
  public @Nullable G1 g1(byte[] from, int at) {
    try {
      ECPoint p = BLS12_381Serialization.decompressG1(Arrays.copyOfRange(from, at, at + G1.BYTES), curve);
      return p.isInfinity() || !isInGroup(p) ? null : new Point1(p);
    } catch (IllegalArgumentException notOnTheCurve) {
      return null;
    }
  }

  /// r = z^4 - z^2 + 1 times the point is the neutral one. BouncyCastle's own check throws a
  /// NullPointerException for (0, 2), a point of order 3: its windows of multiples hold the neutral point
  /// then.
  private static boolean isInGroup(ECPoint p) {
    ECPoint zz = timesZ(timesZ(p)).subtract(p);
    return timesZ(timesZ(zz)).add(p).isInfinity();
  }

  /// z has six bits.
  private static ECPoint timesZ(ECPoint p) {
    ECPoint sum = p;
    for (int i = Z.bitLength() - 2; i >= 0; i--) {
      sum = sum.twice();
      sum = Z.testBit(i) ? sum.add(p) : sum;
    }
    return sum;
  }

  @Override
  public G2 timesGenerator2(Scalar secret) {
    return new Point2(BLS12_381G2.getGenerator().constantTimeMultiply(number(secret)));
  }

  @Override
  public byte[] compressed(G2 point) {
    return BLS12_381Serialization.compressG2(((Point2) point).point);
  }

  @Override
  public @Nullable G2 g2(byte[] from, int at) {
    try {
      BLS12_381G2Point p = BLS12_381Serialization.decompressG2(Arrays.copyOfRange(from, at, at + G2.BYTES));
      return p.isInfinity() || !BLS12_381SubgroupCheck.isInG2Subgroup(p) ? null : new Point2(p);
    } catch (IllegalArgumentException notOnTheCurve) {
      return null;
    }
  }

  @Override
  public byte[] pairings(List<G1> firsts, List<G2> seconds) {
    ECPoint[] ps = firsts.stream().map(JavaCurve::ec).toArray(ECPoint[]::new);
    BLS12_381G2Point[] qs = seconds.stream().map(q -> ((Point2) q).point).toArray(BLS12_381G2Point[]::new);
    return encoded(BLS12_381Pairing.multiPair(ps, qs).modPow(THREE));
  }

  @Override
  public Gt generatorT() {
    return generatorT;
  }

  @Override
  public @Nullable Gt gt(byte[] from, int at) {
    Fp2Element[] powers = new Fp2Element[6];
    for (int i = 0; i < 6; i++) {
      BigInteger real = coefficient(from, at + 96 * i);
      BigInteger imaginary = coefficient(from, at + 96 * i + 48);
      if (real.compareTo(Fp2Element.P) >= 0 || imaginary.compareTo(Fp2Element.P) >= 0) {
        return null;
      }
      powers[i] = Fp2Element.of(real, imaginary);
    }
    Fp12Element value =
        Fp12Element.of(Fp6Element.of(powers[0], powers[2], powers[4]), Fp6Element.of(powers[1], powers[3], powers[5]));
    return value.isZero() || value.equals(Fp12Element.ONE) || !isInGroup(value) ? null : new Element(value);
  }

  private static BigInteger coefficient(byte[] from, int at) {
    return new BigInteger(1, from, at, 48);
  }

  /// The order divides the twelfth cyclotomic polynomial at p, and the p-th power is the x-th (Scott, eprint
  /// 2021/1130).
  private static boolean isInGroup(Fp12Element f) {
    Fp12Element squared = f.frobeniusSquared();
    return squared.frobeniusSquared().mul(f).equals(squared)
        && f.frobenius().conjugate().equals(f.modPow(Z));
  }

  @Override
  public byte[] power(Gt base, Scalar secret) {
    return encoded(((Element) base).value.modPow(number(secret)));
  }

  private static byte[] encoded(Fp12Element e) {
    byte[] out = new byte[Gt.BYTES];
    Fp2Element[] powers = {e.c0().c0(), e.c1().c0(), e.c0().c1(), e.c1().c1(), e.c0().c2(), e.c1().c2()};
    for (int i = 0; i < powers.length; i++) {
      put(powers[i].c0(), out, 96 * i);
      put(powers[i].c1(), out, 96 * i + 48);
    }
    return out;
  }

  private static void put(BigInteger value, byte[] to, int at) {
    byte[] bytes = value.toByteArray();
    int skip = Math.max(0, bytes.length - 48);
    int length = bytes.length - skip;
    System.arraycopy(bytes, skip, to, at + 48 - length, length);
  }

  private static ECPoint ec(G1 point) {
    return ((Point1) point).point;
  }

  private static BigInteger number(Scalar scalar) {
    byte[] bytes = scalar.bigEndian();
    BigInteger number = new BigInteger(1, bytes);
    Arrays.fill(bytes, (byte) 0);
    return number;
  }
}
