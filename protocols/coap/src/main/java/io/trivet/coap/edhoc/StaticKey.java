package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.KeyClaims;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/// A key pair that lasts, with the claims that make its public half a credential. Its text does not show the key.
public final class StaticKey {
  private final Bytes privateKey;
  private final KeyClaims claims;

  /// @param privateKey 32 bytes, whose public half stands in the claims
  public StaticKey(Bytes privateKey, KeyClaims claims) {
    if (privateKey.length() != Curve.KEY_BYTES || !publicHalf(claims.curve(), privateKey).x().equals(claims.x())) {
      throw new IllegalArgumentException("the private key is not that of the claims");
    }
    this.privateKey = privateKey.compact();
    this.claims = claims;
  }

  public static StaticKey generate(KeyClaims.Curve curve, String subject, Bytes kid, Randomness randomness) {
    Curve drawnOn = curve == KeyClaims.Curve.P256 ? Curve.P256 : Curve.X25519;
    return of(curve, drawnOn.privateKey(randomness), subject, kid);
  }

  /// @throws IllegalArgumentException where the private key is none of that curve
  public static StaticKey of(KeyClaims.Curve curve, Bytes privateKey, String subject, Bytes kid) {
    Half half = publicHalf(curve, privateKey);
    return new StaticKey(privateKey, new KeyClaims(Optional.of(subject), Optional.of(kid), curve, half.x, half.y));
  }

  private record Half(Bytes x, Optional<Bytes> y) {}

  private static Half publicHalf(KeyClaims.Curve curve, Bytes privateKey) {
    return switch (curve) {
      case P256 -> {
        Bytes point = Curve.uncompressed(privateKey);
        yield new Half(point.slice(1, Curve.KEY_BYTES), Optional.of(point.slice(1 + Curve.KEY_BYTES, Curve.KEY_BYTES)));
      }
      case X25519 -> new Half(Curve.X25519.publicKey(privateKey), Optional.empty());
      case ED25519 -> new Half(
          Bytes.wrap(new Ed25519PrivateKeyParameters(privateKey.toArray(), 0).generatePublicKey().getEncoded()),
          Optional.empty());
    };
  }

  /// What a method with a suite wants of a credential: keys for signatures and for agreement are never exchanged.
  public static KeyClaims.Curve curveFor(Method method, Suite suite) {
    return suite.curve() == Curve.P256 ? KeyClaims.Curve.P256
        : method.isSigned() ? KeyClaims.Curve.ED25519 : KeyClaims.Curve.X25519;
  }

  /// What a key on that curve is used with, the shorter messages first.
  public static Method methodFor(KeyClaims.Curve curve) {
    return curve == KeyClaims.Curve.ED25519 ? Method.SIGNATURES : Method.STATIC_KEYS;
  }

  /// The suite of the shorter tags on that curve.
  public static Suite suiteFor(KeyClaims.Curve curve) {
    return curve == KeyClaims.Curve.P256 ? Suite.S2 : Suite.S0;
  }

  public KeyClaims claims() {
    return claims;
  }

  public Bytes privateKey() {
    return privateKey;
  }

  /// Named by its kid.
  public Identity identity() {
    return new Identity(
        Credential.kid(claims.kid().orElseThrow(), claims.toCbor().encoded(), claims.point()), privateKey);
  }

  /// The credential that an ID_CRED_x names where it names these claims: by their kid, or by their whole text.
  ///
  /// @param encoded the claims, as both ends have them
  public static Optional<Credential> named(Cbor.Map id, Bytes encoded) {
    KeyClaims key = KeyClaims.read(encoded).orThrow();
    if (id.pairs().size() != 1) {
      return Optional.empty();
    }
    if (id.at(Credential.KID).orElse(Cbor.Simple.UNDEFINED) instanceof Cbor.ByteString(Bytes kid)) {
      return key.kid().filter(kid::equals).map(k -> Credential.kid(k, encoded, key.point()));
    }
    return id.at(Credential.KCCS).filter(c -> c.encoded().equals(encoded))
        .flatMap(_ -> CborReader.only(encoded, CborLimits.STRICT) instanceof CborReader.Read.Item(Cbor.Map map)
            ? Optional.of(Credential.kccs(map, key.point())) : Optional.empty());
  }

  /// The kid that an ID_CRED_x names its key by, itself or inside of claims.
  public static Optional<Bytes> kidOf(Cbor.Map id) {
    if (id.at(Credential.KID).orElse(Cbor.Simple.UNDEFINED) instanceof Cbor.ByteString(Bytes kid)) {
      return Optional.of(kid);
    }
    return id.at(Credential.KCCS).map(Cbor::encoded).map(KeyClaims::read)
        .flatMap(p -> p instanceof io.trivet.base.Parsed.Valid<KeyClaims>(KeyClaims k) ? k.kid() : Optional.empty());
  }

  @Override
  public String toString() {
    return "StaticKey[" + claims + ", redacted]";
  }
}
