package io.trivet.net.transport;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.NullMarked;

/// A small certificate authority with keys on P-256, which also judges and counts what it is asked to judge.
@NullMarked
public final class Pki implements X509TrustManager {
  private static final AtomicInteger SERIAL = new AtomicInteger(1);

  public final Set<X509Certificate> revoked = ConcurrentHashMap.newKeySet();
  final AtomicInteger judged = new AtomicInteger();
  private final KeyPair keys = keyPair();
  final X509Certificate root = sign("Test CA", "Test CA", keys, keys.getPrivate(), true);

  public record Identity(X509Certificate certificate, PrivateKey key) {
    Bytes chainPem() {
      return Bytes.utf8(pem("CERTIFICATE", encoded(certificate)));
    }

    SecretBytes keyPem() {
      return SecretBytes.utf8(pem("PRIVATE KEY", key.getEncoded()));
    }
  }

  public Identity issue(String name) {
    KeyPair pair = keyPair();
    return new Identity(sign(name, "Test CA", pair, keys.getPrivate(), false), pair.getPrivate());
  }

  public TlsMaterial material(Identity server) {
    return new TlsMaterial(server.chainPem(), server.keyPem(), this, Bytes.EMPTY);
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
      g.initialize(new ECGenParameterSpec("secp256r1"));
      return g.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate sign(String subject, String issuer, KeyPair pair, PrivateKey by, boolean ca) {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
          new X500Name("CN=" + issuer), BigInteger.valueOf(SERIAL.getAndIncrement()),
          Date.from(now.minus(Duration.ofHours(1))), Date.from(now.plus(Duration.ofDays(1))),
          new X500Name("CN=" + subject), pair.getPublic());
      b.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      if (!ca) {
        b.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
          new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")
        }));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(b.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static String pem(String type, byte[] der) {
    return "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END " + type + "-----\n";
  }

  static byte[] encoded(X509Certificate c) {
    try {
      return c.getEncoded();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    judged.incrementAndGet();
    try {
      chain[0].verify(root.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new CertificateException("not signed by our authority", e);
    }
    if (revoked.contains(chain[0])) {
      throw new CertificateException("revoked");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[] {root};
  }
}
