package io.trivet.authority;

import io.trivet.base.cbor.KeyClaims;
import org.bouncycastle.crypto.hpke.HPKE;

/// How keys are sealed for a device (RFC 9180, section 7): its kind of key, always with HKDF-SHA256 and AES-128-GCM.
public enum Suite {
  X25519(HPKE.kem_X25519_SHA256, 32, KeyClaims.Curve.X25519),
  P256(HPKE.kem_P256_SHA256, 65, KeyClaims.Curve.P256);

  private final short kem;
  private final int publicBytes;
  private final KeyClaims.Curve curve;

  Suite(short kem, int publicBytes, KeyClaims.Curve curve) {
    this.kem = kem;
    this.publicBytes = publicBytes;
    this.curve = curve;
  }

  /// The number in the registry of HPKE's KEMs.
  int number() {
    return kem;
  }

  /// Of a public key and of an encapsulated one (section 7.1: Npk and Nenc).
  int publicBytes() {
    return publicBytes;
  }

  KeyClaims.Curve curve() {
    return curve;
  }

  static Suite of(long number) throws Fields.Misfit {
    for (Suite s : values()) {
      if (s.kem == number) {
        return s;
      }
    }
    throw new Fields.Misfit("KEM " + number + ": 16 (P-256) and 32 (X25519) are known");
  }

  HPKE hpke() {
    return new HPKE(HPKE.mode_base, kem, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM128);
  }
}
