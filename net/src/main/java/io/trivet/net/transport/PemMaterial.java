package io.trivet.net.transport;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// Reads what a listener proves itself with (RFC 7468), with the JDK's own means.
public final class PemMaterial {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private PemMaterial() {}

  /// @throws IllegalArgumentException where there is none, or something that is no certificate
  public static X509Certificate[] certificates(Bytes pem) {
    try {
      X509Certificate[] chain = CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.toArray())).stream()
          .map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
      if (chain.length == 0) {
        throw new IllegalArgumentException("no certificate in it");
      }
      return chain;
    } catch (CertificateException e) {
      throw new IllegalArgumentException("no X.509 certificate: " + e.getMessage(), e);
    }
  }

  /// @throws IllegalArgumentException where there is no key of a kind we know
  public static PrivateKey privateKey(SecretBytes pem) {
    return pem.expose(PemMaterial::privateKey);
  }

  private static PrivateKey privateKey(byte[] pem) {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END, Math.max(begin, 0));
    if (begin < 0 || end < 0) {
      throw new IllegalArgumentException("no private key in it");
    }
    byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
    try {
      IllegalArgumentException none = new IllegalArgumentException("a key that is neither EC, RSA nor Ed25519");
      for (String algorithm : ALGORITHMS) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
          none.addSuppressed(e); // another algorithm's key, perhaps the next's
        }
      }
      throw none;
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }
}
