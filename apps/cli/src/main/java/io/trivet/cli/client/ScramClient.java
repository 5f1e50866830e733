package io.trivet.cli.client;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The client's side of one SCRAM-SHA-256 exchange (RFC 5802, section 5; RFC 7677), without channel binding: the
/// password never leaves, and the server has to show that it knew it.
final class ScramClient {
  static final String METHOD = "SCRAM-SHA-256";

  /// Fewer make a stolen answer cheap to guess from (RFC 7677); more would let a server keep a client busy for ever.
  private static final int ITERATIONS_MIN = 4_096;
  private static final int ITERATIONS_MAX = 1_000_000;

  private static final Pattern CHALLENGE = Pattern.compile("r=([^,]{1,512}),s=([A-Za-z0-9+/=]{4,512}),i=([0-9]{1,7})");

  private final String firstBare;
  private final String nonce;
  private final SecretBytes password;
  private byte[] serverSignature = new byte[0];

  /// @param nonce printable, without commas, never used before
  ScramClient(String user, SecretBytes password, String nonce) {
    this.firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
    this.nonce = nonce;
    this.password = password;
  }

  Bytes first() {
    return Bytes.utf8("n,," + firstBare);
  }

  /// Answers the server's challenge.
  ///
  /// @throws ClientFailure for a challenge that is none
  Bytes answer(Bytes challenge) throws ClientFailure {
    String text = challenge.asUtf8();
    Matcher m = CHALLENGE.matcher(text);
    if (!m.matches() || !m.group(1).startsWith(nonce) || m.group(1).length() == nonce.length()) {
      throw new ClientFailure("the server's SCRAM challenge is none");
    }
    int iterations = Integer.parseInt(m.group(3));
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw new ClientFailure("the server asks for " + iterations + " iterations of SCRAM; from " + ITERATIONS_MIN
          + " to " + ITERATIONS_MAX + " are safe");
    }
    byte[] salt;
    try {
      salt = Base64.getDecoder().decode(m.group(2));
    } catch (IllegalArgumentException e) {
      throw new ClientFailure("the server's SCRAM challenge is none", e);
    }
    String withoutProof = "c=" + base64("n,,".getBytes(StandardCharsets.US_ASCII)) + ",r=" + m.group(1);
    byte[] message = (firstBare + "," + text + "," + withoutProof).getBytes(StandardCharsets.UTF_8);
    byte[] salted = password.expose(p -> salted(p, salt, iterations));
    byte[] clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.US_ASCII));
    byte[] proof = hmac(sha256(clientKey), message);
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= clientKey[i];
    }
    serverSignature = hmac(hmac(salted, "Server Key".getBytes(StandardCharsets.US_ASCII)), message);
    return Bytes.utf8(withoutProof + ",p=" + base64(proof));
  }

  /// Whether the server's last word shows that it knew the password's verifier.
  boolean isProof(Bytes last) {
    return serverSignature.length > 0
        && MessageDigest.isEqual(("v=" + base64(serverSignature)).getBytes(StandardCharsets.US_ASCII), last.toArray());
  }

  private static String base64(byte[] b) {
    return Base64.getEncoder().encodeToString(b);
  }

  /// Hi of RFC 5802, section 2.2: PBKDF2 of one block.
  private static byte[] salted(byte[] password, byte[] salt, int iterations) {
    Mac mac = mac(password);
    mac.update(salt);
    byte[] u = mac.doFinal(new byte[] {0, 0, 0, 1});
    byte[] sum = u.clone();
    for (int i = 1; i < iterations; i++) {
      u = mac.doFinal(u);
      for (int k = 0; k < sum.length; k++) {
        sum[k] ^= u[k];
      }
    }
    return sum;
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      // An empty key is none to the JDK; a zero byte is the same key to HMAC, which pads with zeros.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    return mac(key).doFinal(data);
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
