package io.trivet.identity.certificates;

import io.trivet.base.Bytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Raw public keys (RFC 7250): pairs on P-256, and their public halves as text.
public final class RawKeys {
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";
  private static final int TEXT_MAX = 4_096;
  private static final int FIELD_BITS = 256;
  private static final int COLUMNS = 64;

  private RawKeys() {}

  public static KeyPair generate() {
    try {
      KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
      g.initialize(new ECGenParameterSpec("secp256r1"));
      return g.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has P-256", e);
    }
  }

  public static String pem(PublicKey key) {
    return BEGIN + "\n" + Base64.getMimeEncoder(COLUMNS, new byte[] {'\n'}).encodeToString(key.getEncoded()) + "\n"
        + END + "\n";
  }

  /// Both halves in PKCS#8, the public one inside of the private one and once more by itself: GnuTLS, and so libcoap built
  /// with it, takes neither alone.
  public static String pem(KeyPair pair) {
    try {
      PrivateKeyInfo plain = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
      SubjectPublicKeyInfo open = SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
      ECPrivateKey both = new ECPrivateKey(FIELD_BITS, ECPrivateKey.getInstance(plain.parsePrivateKey()).getKey(),
          open.getPublicKeyData(), null);
      byte[] encoded = new PrivateKeyInfo(plain.getPrivateKeyAlgorithm(), both).getEncoded();
      return "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder(COLUMNS, new byte[] {'\n'}).encodeToString(encoded)
          + "\n-----END PRIVATE KEY-----\n" + pem(pair.getPublic());
    } catch (IOException e) {
      throw new IllegalStateException("a key on P-256 can be encoded", e);
    }
  }

  /// Reads PEM, or its base64 alone.
  ///
  /// @return the SubjectPublicKeyInfo in DER; whether it is one is for [io.trivet.identity.Credential.RawPublicKey]
  /// @throws IllegalArgumentException where the text is neither
  public static Bytes parse(String text) {
    if (text.length() > TEXT_MAX) {
      throw new IllegalArgumentException("a raw public key of " + text.length() + " characters");
    }
    int from = text.indexOf(BEGIN);
    int to = from < 0 ? -1 : text.indexOf(END, from + BEGIN.length()); // the two lines may share their dashes
    String inner = to >= 0 ? text.substring(from + BEGIN.length(), to) : text;
    try {
      return Bytes.wrap(Base64.getDecoder().decode(inner.replaceAll("\\s", "")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a raw public key: give PEM (BEGIN PUBLIC KEY) or its base64", e);
    }
  }
}
