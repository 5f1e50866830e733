package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;

/// An authentication credential and how it is named (RFC 9528, section 3.5).
///
/// @param id ID_CRED_x: a map such as `{4: kid}`, `{34: [-15, hash]}`, `{33: certificate}` or `{14: claims}`
/// @param value CRED_x encoded: of a certificate the byte string that holds it, of claims the map
/// @param publicKey for method 0 what [Curve#verify] takes, for method 3 what [Curve#agree] takes
public record Credential(Cbor.Map id, Bytes value, Bytes publicKey) {
  static final long KID = 4;
  static final long KCCS = 14;
  static final long X5CHAIN = 33;
  static final long X5T = 34;
  private static final long SHA256_64 = -15;

  /// Claims named by a kid.
  public static Credential kid(Bytes kid, Bytes claims, Bytes publicKey) {
    return new Credential(Cbor.map(Cbor.of(KID), Cbor.of(kid)), claims, publicKey);
  }

  /// A certificate named by its hash (RFC 9360).
  ///
  /// @param der the certificate
  public static Credential x5t(Bytes der, Bytes publicKey) {
    Cbor hash = Cbor.array(Cbor.of(SHA256_64), Cbor.of(Hash.sha256(der).slice(0, 8)));
    return new Credential(Cbor.map(Cbor.of(X5T), hash), Cbor.of(der).encoded(), publicKey);
  }

  /// A certificate sent itself.
  public static Credential x5chain(Bytes der, Bytes publicKey) {
    return new Credential(Cbor.map(Cbor.of(X5CHAIN), Cbor.of(der)), Cbor.of(der).encoded(), publicKey);
  }

  /// Claims sent themselves.
  public static Credential kccs(Cbor.Map claims, Bytes publicKey) {
    return new Credential(Cbor.map(Cbor.of(KCCS), claims), claims.encoded(), publicKey);
  }

  /// As it stands in a plaintext: of a sole kid only the kid (section 3.5.3.2).
  Bytes compactId() {
    return id.pairs().size() == 1 && id.at(KID).orElse(Cbor.Simple.NULL) instanceof Cbor.ByteString(Bytes kid)
        ? ConnectionId.encoded(kid) : id.encoded();
  }
}
