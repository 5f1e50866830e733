package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/// The arithmetic of SCRAM-SHA-256 (RFC 5802, section 3; RFC 7677).
public final class Scram {
  public static final String METHOD = "SCRAM-SHA-256";

  /// RFC 7677 asks for 4,096 at least.
  static final int ITERATIONS = 16_384;

  private static final int SALT_BYTES = 16;
  private static final int HASH_BITS = 256;

  private Scram() {}

  public static ScramVerifier verifier(SecretBytes password, Randomness randomness) {
    byte[] salt = new byte[SALT_BYTES];
    randomness.fill(salt);
    return verifier(password, Bytes.wrap(salt), ITERATIONS);
  }

  static ScramVerifier verifier(SecretBytes password, Bytes salt, int iterations) {
    byte[] salted = password.expose(secret -> {
      PKCS5S2ParametersGenerator g = new PKCS5S2ParametersGenerator(new SHA256Digest());
      g.init(secret, salt.toArray(), iterations);
      return ((KeyParameter) g.generateDerivedMacParameters(HASH_BITS)).getKey();
    });
    byte[] clientKey = hmac(salted, "Client Key");
    return new ScramVerifier(
        salt, iterations, Bytes.wrap(sha256(clientKey)), Bytes.wrap(hmac(salted, "Server Key")));
  }

  /// Whether the client's proof for these messages shows that it knows the password.
  static boolean proves(ScramVerifier v, String authMessage, byte[] proof) {
    byte[] signature = hmac(v.storedKey().toArray(), authMessage);
    if (proof.length != signature.length) {
      return false;
    }
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(sha256(clientKey), v.storedKey().toArray());
  }

  static byte[] serverSignature(ScramVerifier v, String authMessage) {
    return hmac(v.serverKey().toArray(), authMessage);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
