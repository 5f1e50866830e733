package io.trivet.smqtt;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

final class Hashes {
  static final int SHA256_BYTES = 32;

  private Hashes() {}

  static byte[] sha256(byte[] input) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(input);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// HKDF with SHA-256 (RFC 5869), extract and expand.
  static byte[] hkdf(byte[] salt, byte[] keyMaterial, byte[] info, int length) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(keyMaterial).thenExpand(info, length));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK since 25 has HKDF", e);
    }
  }
}
