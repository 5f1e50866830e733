package io.trivet.identity.certificates;

import io.trivet.base.Bytes;
import io.trivet.identity.DeviceId;
import io.trivet.identity.OwnerOnly;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// The private authority of one server: ECDSA on P-256, its key in a file that only its owner reads. It vouches for the
/// server towards devices and for devices towards the server (RFC 5280).
public final class CertificateAuthority {
  private static final Duration ROOT_LIFE = Duration.ofDays(3_660);
  private static final Duration SERVER_LIFE = Duration.ofDays(397);
  private static final Duration DEVICE_LIFE = Duration.ofDays(825);
  private static final Duration LIST_LIFE = Duration.ofDays(30);
  private static final Duration STATUS_LIFE = Duration.ofDays(7);

  private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

  /// Clocks of devices run behind.
  private static final Duration BACKDATED = Duration.ofMinutes(10);

  private static final String SIGNATURE = "SHA256withECDSA";
  private static final int SERIAL_BITS = 127;

  private final Path dir;
  private final X509Certificate root;
  private final PrivateKey key;
  private final SecureRandom random = new SecureRandom();

  /// A certificate with its key.
  public record Issued(X509Certificate certificate, PrivateKey key) {}

  private CertificateAuthority(Path dir, X509Certificate root, PrivateKey key) {
    this.dir = dir;
    this.root = root;
    this.key = key;
  }

  /// Opens the authority in a directory, or makes one there at the first start.
  public static CertificateAuthority openOrCreate(Path dir, Instant now) throws IOException {
    Path cert = dir.resolve("ca.crt");
    Path key = dir.resolve("ca.key");
    if (Files.exists(cert) && Files.exists(key)) {
      String exposure = OwnerOnly.exposure(key);
      if (!exposure.isEmpty()) {
        throw new IOException(exposure);
      }
      return new CertificateAuthority(dir, Pem.certificates(cert).getFirst(), Pem.privateKey(key)).proved();
    }
    if (Files.exists(cert) || Files.exists(key)) {
      throw new IOException(dir + ": holds one of ca.crt and ca.key but not the other; restore it from a backup");
    }
    OwnerOnly.directory(dir);
    KeyPair pair = keyPair();
    SecureRandom random = new SecureRandom();
    X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "Trivet")
        .addRDN(BCStyle.CN, "Trivet private authority " + new BigInteger(32, random).toString(16))
        .build();
    try {
      X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(name, new BigInteger(SERIAL_BITS, random),
          Date.from(now.minus(BACKDATED)), Date.from(now.plus(ROOT_LIFE)), name, pair.getPublic());
      b.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      b.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      b.addExtension(Extension.subjectKeyIdentifier, false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      X509Certificate root = new JcaX509CertificateConverter().getCertificate(b.build(signer(pair.getPrivate())));
      OwnerOnly.write(key, Pem.of(pair.getPrivate()).getBytes(StandardCharsets.US_ASCII));
      OwnerOnly.write(cert, Pem.of(root).getBytes(StandardCharsets.US_ASCII));
      return new CertificateAuthority(dir, root, pair.getPrivate());
    } catch (GeneralSecurityException | CertIOException e) {
      throw new IllegalStateException("the authority's own certificate could not be made", e);
    }
  }

  /// @throws IOException where key and certificate do not belong together, or the certificate has ended
  private CertificateAuthority proved() throws IOException {
    byte[] probe = new byte[32];
    random.nextBytes(probe);
    try {
      Signature s = Signature.getInstance(SIGNATURE);
      s.initSign(key);
      s.update(probe);
      byte[] signature = s.sign();
      s.initVerify(root.getPublicKey());
      s.update(probe);
      if (s.verify(signature)) {
        return this;
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(dir + ": ca.key cannot be used with ca.crt: " + e.getMessage(), e);
    }
    throw new IOException(dir + ": ca.key is not the key of ca.crt; restore both from one backup");
  }

  public X509Certificate root() {
    return root;
  }

  public Path rootFile() {
    return dir.resolve("ca.crt");
  }

  public Path revocationFile() {
    return dir.resolve("ca.crl");
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
      g.initialize(new ECGenParameterSpec("secp256r1"));
      return g.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  private static ContentSigner signer(PrivateKey key) {
    try {
      return new JcaContentSignerBuilder(SIGNATURE).build(key);
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("every JDK has " + SIGNATURE, e);
    }
  }

  /// A server certificate.
  ///
  /// @param dnsNames and `addresses`: what clients connect to
  public Issued issueServer(List<String> dnsNames, List<String> addresses, Instant now) {
    return issueServer(dnsNames, addresses, now, keyPair());
  }

  /// The same for a key that there is already, so that who pinned it need not learn another.
  public Issued issueServer(List<String> dnsNames, List<String> addresses, Instant now, KeyPair pair) {
    GeneralName[] names = new GeneralName[dnsNames.size() + addresses.size()];
    int n = 0;
    for (String dns : dnsNames) {
      names[n++] = new GeneralName(GeneralName.dNSName, dns);
    }
    for (String ip : addresses) {
      names[n++] = new GeneralName(GeneralName.iPAddress, ip);
    }
    String cn = dnsNames.isEmpty() ? "trivet" : dnsNames.getFirst();
    return issue(cn.length() > 64 ? "trivet" : cn, new GeneralNames(names), KeyPurposeId.id_kp_serverAuth, SERVER_LIFE,
        now, pair);
  }

  /// A client certificate that names the device.
  public Issued issueDevice(DeviceId id, Instant now) {
    GeneralNames names = new GeneralNames(
        new GeneralName(GeneralName.uniformResourceIdentifier, CertificateNames.DEVICE_URI + id));
    String cn = id.text().length() > 64 ? id.text().substring(0, 64) : id.text();
    return issue(cn, names, KeyPurposeId.id_kp_clientAuth, DEVICE_LIFE, now, keyPair());
  }

  private Issued issue(
      String cn, GeneralNames names, KeyPurposeId purpose, Duration life, Instant now, KeyPair pair) {
    X500Name subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, cn).build();
    Instant end = now.plus(life);
    Instant rootEnd = root.getNotAfter().toInstant();
    try {
      JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder b = new JcaX509v3CertificateBuilder(
          new JcaX509CertificateHolder(root).getSubject(), new BigInteger(SERIAL_BITS, random),
          Date.from(now.minus(BACKDATED)), Date.from(end.isAfter(rootEnd) ? rootEnd : end), subject, pair.getPublic());
      b.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      b.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      b.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      b.addExtension(Extension.subjectAlternativeName, false, names);
      b.addExtension(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(pair.getPublic()));
      b.addExtension(Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(root));
      return new Issued(
          new JcaX509CertificateConverter().getCertificate(b.build(signer(key))), pair.getPrivate());
    } catch (GeneralSecurityException | CertIOException e) {
      throw new IllegalStateException("a certificate could not be made", e);
    }
  }

  /// Whether less than 30 days of a certificate are left.
  public static boolean isRenewalDue(X509Certificate c, Instant now) {
    return now.isAfter(c.getNotAfter().toInstant().minus(RENEWED_BEFORE_END));
  }

  /// Adds certificates to the list of the revoked and writes it (RFC 5280, section 5). What was revoked stays so.
  ///
  /// @param serials in hexadecimal
  public synchronized X509CRL revoke(Collection<String> serials, Instant now) throws IOException {
    Map<BigInteger, Date> revoked = new TreeMap<>();
    BigInteger number = BigInteger.ONE;
    if (Files.exists(revocationFile())) {
      X509CRL before = Pem.revocationLists(revocationFile()).getFirst();
      Set<? extends X509CRLEntry> entries = before.getRevokedCertificates();
      if (entries != null) {
        entries.forEach(e -> revoked.put(e.getSerialNumber(), e.getRevocationDate()));
      }
      number = number(before).add(BigInteger.ONE);
    }
    serials.forEach(s -> revoked.putIfAbsent(new BigInteger(s, 16), Date.from(now)));
    return list(revoked, number, now);
  }

  /// Writes the list again where half of its life is over, or where there is none: a list past its end refuses every
  /// device. Call it at the start and once a day.
  ///
  /// @return whether a list was written
  public synchronized boolean renewRevocationList(Instant now) throws IOException {
    if (Files.exists(revocationFile())) {
      Date end = Pem.revocationLists(revocationFile()).getFirst().getNextUpdate();
      if (end != null && now.isBefore(end.toInstant().minus(LIST_LIFE.dividedBy(2)))) {
        return false;
      }
    }
    revoke(List.of(), now);
    return true;
  }

  private static BigInteger number(X509CRL list) throws IOException {
    byte[] extension = list.getExtensionValue(Extension.cRLNumber.getId());
    return extension == null ? BigInteger.ZERO
        : ASN1Integer.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getValue();
  }

  private X509CRL list(Map<BigInteger, Date> revoked, BigInteger number, Instant now) throws IOException {
    try {
      JcaX509v2CRLBuilder b = new JcaX509v2CRLBuilder(root.getSubjectX500Principal(), Date.from(now.minus(BACKDATED)));
      b.setNextUpdate(Date.from(now.plus(LIST_LIFE)));
      revoked.forEach((serial, when) -> b.addCRLEntry(serial, when, CRLReason.privilegeWithdrawn));
      b.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
      b.addExtension(Extension.authorityKeyIdentifier, false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(root));
      X509CRL list = new JcaX509CRLConverter().getCRL(b.build(signer(key)));
      OwnerOnly.write(revocationFile(), Pem.write("X509 CRL", list.getEncoded()).getBytes(StandardCharsets.US_ASCII));
      return list;
    } catch (GeneralSecurityException | CertIOException e) {
      throw new IllegalStateException("the revocation list could not be made", e);
    }
  }

  /// The authority's word that a certificate it issued is good, for stapling (RFC 6960; RFC 6066, section 8).
  public Bytes status(X509Certificate issued, Instant now) {
    try {
      CertificateID id = new CertificateID(
          new BcDigestCalculatorProvider().get(CertificateID.HASH_SHA1),
          new JcaX509CertificateHolder(root), issued.getSerialNumber());
      BasicOCSPRespBuilder b = new JcaBasicOCSPRespBuilder(root.getPublicKey(),
          new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1));
      b.addResponse(id, CertificateStatus.GOOD, Date.from(now.minus(BACKDATED)), Date.from(now.plus(STATUS_LIFE)));
      return Bytes.wrap(new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL,
          b.build(signer(key), null, Date.from(now))).getEncoded());
    } catch (OperatorCreationException | OCSPException | GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the certificate's status could not be signed", e);
    }
  }
}
