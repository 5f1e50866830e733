package io.trivet.identity.certificates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/// Certificates, keys and revocation lists as text (RFC 7468).
public final class Pem {
  private static final long FILE_BYTES_MAX = 64L << 20;

  private Pem() {}

  public static String of(X509Certificate... chain) {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate c : chain) {
        text.append(write("CERTIFICATE", c.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that exists can be encoded", e);
    }
    return text.toString();
  }

  public static String of(PrivateKey key) {
    return write("PRIVATE KEY", key.getEncoded());
  }

  static String write(String type, byte[] der) {
    StringWriter out = new StringWriter();
    try (PemWriter w = new PemWriter(out)) {
      w.writeObject(new PemObject(type, der));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toString();
  }

  private static byte[] bounded(Path file) throws IOException {
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new IOException(file + ": larger than " + FILE_BYTES_MAX + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /// The certificates of a file, PEM or one in DER.
  ///
  /// @throws IOException with the file and what is wrong; also where it holds none
  public static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (byte[] der : objects(file, "CERTIFICATE")) {
      try {
        found.add((X509Certificate) factory().generateCertificate(new ByteArrayInputStream(der)));
      } catch (GeneralSecurityException e) {
        throw new IOException(file + ": no X.509 certificate: " + e.getMessage(), e);
      }
    }
    if (found.isEmpty()) {
      throw new IOException(file + ": holds no certificate");
    }
    return found;
  }

  /// The revocation lists of a file, PEM or one in DER.
  public static List<X509CRL> revocationLists(Path file) throws IOException {
    List<X509CRL> found = new ArrayList<>();
    for (byte[] der : objects(file, "X509 CRL")) {
      try {
        found.add((X509CRL) factory().generateCRL(new ByteArrayInputStream(der)));
      } catch (GeneralSecurityException e) {
        throw new IOException(file + ": no revocation list: " + e.getMessage(), e);
      }
    }
    if (found.isEmpty()) {
      throw new IOException(file + ": holds no revocation list");
    }
    return found;
  }

  /// A private key in PKCS#8, elliptic curve or RSA.
  public static PrivateKey privateKey(Path file) throws IOException {
    List<byte[]> found = objects(file, "PRIVATE KEY");
    if (found.size() != 1) {
      throw new IOException(file + ": give one unencrypted key in PKCS#8 (BEGIN PRIVATE KEY)");
    }
    IOException wrong = new IOException(file + ": a key that is neither EC, RSA nor Ed25519");
    for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(found.getFirst()));
      } catch (GeneralSecurityException e) {
        wrong.addSuppressed(e); // another algorithm's key, perhaps the next's
      }
    }
    throw wrong;
  }

  private static List<byte[]> objects(Path file, String type) throws IOException {
    byte[] content = bounded(file);
    List<byte[]> found = new ArrayList<>();
    if (content.length > 0 && content[0] == 0x30) {
      found.add(content); // DER begins with a SEQUENCE
      return found;
    }
    try (PemReader r = new PemReader(new StringReader(new String(content, StandardCharsets.UTF_8)))) {
      for (PemObject o = r.readPemObject(); o != null; o = r.readPemObject()) {
        if (o.getType().equals(type)) {
          found.add(o.getContent());
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new IOException(file + ": no PEM: " + e.getMessage(), e);
    }
    return found;
  }

  static CertificateFactory factory() {
    try {
      return CertificateFactory.getInstance("X.509");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK knows X.509", e);
    }
  }
}
