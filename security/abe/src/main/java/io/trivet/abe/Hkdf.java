package io.trivet.abe;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// HKDF with SHA-256 (RFC 5869).
final class Hkdf {
  static final int HASH_BYTES = 32;
  private static final int BLOCKS_MAX = 255;

  private Hkdf() {}

  static byte[] extract(byte[] salt, byte[] keyMaterial) {
    return mac(salt).doFinal(keyMaterial);
  }

  /// @param length at most 8160
  static byte[] expand(byte[] pseudoRandomKey, byte[] info, int length) {
    int blocks = (length + HASH_BYTES - 1) / HASH_BYTES;
    if (blocks > BLOCKS_MAX) {
      throw new AssertionError(length + " bytes of one key");
    }
    Mac mac = mac(pseudoRandomKey);
    byte[] out = new byte[length];
    byte[] block = new byte[0];
    for (int i = 1; i <= blocks; i++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) i);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      int at = (i - 1) * HASH_BYTES;
      System.arraycopy(block, 0, out, at, Math.min(HASH_BYTES, length - at));
    }
    Arrays.fill(block, (byte) 0);
    return out;
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HMAC with SHA-256", e);
    }
  }
}
