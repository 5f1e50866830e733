package io.trivet.identity;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.util.List;

/// The curves that keys of devices may be on: those that DTLS speaks here. Java reads keys on more, and reads points
/// that are on no curve at all, with which an exchange of keys would tell the secret half bit by bit.
final class Curves {
  private static final List<ECParameterSpec> KNOWN = List.of(named("secp256r1"), named("secp384r1"));

  private Curves() {}

  private static ECParameterSpec named(String name) {
    try {
      AlgorithmParameters p = AlgorithmParameters.getInstance("EC");
      p.init(new ECGenParameterSpec(name));
      return p.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has " + name, e);
    }
  }

  /// Whether y² = x³ + ax + b on P-256 or P-384, with x and y below the field's prime.
  static boolean isOnKnownCurve(ECPublicKey key) {
    for (ECParameterSpec k : KNOWN) {
      ECParameterSpec its = key.getParams();
      if (k.getCurve().equals(its.getCurve()) && k.getGenerator().equals(its.getGenerator())
          && k.getOrder().equals(its.getOrder())) {
        return isOn(k.getCurve(), key.getW());
      }
    }
    return false;
  }

  private static boolean isOn(EllipticCurve curve, ECPoint point) {
    if (point.equals(ECPoint.POINT_INFINITY)) {
      return false;
    }
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB());
    return y.multiply(y).subtract(right).mod(p).signum() == 0;
  }
}
