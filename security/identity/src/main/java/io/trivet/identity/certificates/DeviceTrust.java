package io.trivet.identity.certificates;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.X509TrustManager;

/// Checks client certificates: a path to one of our authorities (RFC 5280), the purpose of client authentication, and
/// the revocation lists. What it trusts can be replaced while connections are open.
///
/// A list is consulted for each certificate whose issuer has one, the newest where there are several. A list that is past its next update refuses everything
/// of its issuer, unless it was said that stale lists are accepted: an attacker who holds back the list must not win.
public final class DeviceTrust implements X509TrustManager {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final int CHAIN_MAX = 8;
  private static final int KEY_USAGE_DIGITAL_SIGNATURE = 0;
  private static final int KEY_USAGE_CRL_SIGN = 6;

  private volatile Anchors anchors;
  private final Supplier<Instant> clock;

  /// @param acceptStale whether a list past its next update is still used rather than refusing all
  private record Anchors(Set<TrustAnchor> trusted, List<X509CRL> lists, boolean acceptStale) {}

  /// @throws CertificateException where a list is not signed by one of the authorities
  public DeviceTrust(
      List<X509Certificate> authorities, List<X509CRL> lists, boolean acceptStale, Supplier<Instant> clock)
      throws CertificateException {
    this.clock = clock;
    this.anchors = checked(authorities, lists, acceptStale);
  }

  /// From the next handshake on.
  ///
  /// @throws CertificateException where a list is not signed by one of the authorities: nothing then changes
  public void replace(List<X509Certificate> authorities, List<X509CRL> lists, boolean acceptStale)
      throws CertificateException {
    anchors = checked(authorities, lists, acceptStale);
  }

  private static Anchors checked(List<X509Certificate> authorities, List<X509CRL> lists, boolean acceptStale)
      throws CertificateException {
    Map<X509Certificate, X509CRL> newest = new HashMap<>();
    for (X509CRL list : lists) {
      Set<String> critical = list.getCriticalExtensionOIDs();
      if (critical != null && !critical.isEmpty()) {
        throw new CertificateException("the revocation list of " + list.getIssuerX500Principal()
            + " is only a part of one (critical extension " + String.join(", ", critical) + "): give the whole list");
      }
      newest.merge(signer(list, authorities), list, (a, b) -> b.getThisUpdate().toInstant().isBefore(a.getThisUpdate().toInstant()) ? a : b);
    }
    return new Anchors(authorities.stream().map(a -> new TrustAnchor(a, null)).collect(Collectors.toSet()),
        List.copyOf(newest.values()), acceptStale);
  }

  /// The authority whose list it is; several may share a name, as where one was renewed with another key.
  private static X509Certificate signer(X509CRL list, List<X509Certificate> authorities) throws CertificateException {
    boolean named = false;
    for (X509Certificate a : authorities) {
      boolean[] usage = a.getKeyUsage();
      if (a.getSubjectX500Principal().equals(list.getIssuerX500Principal())
          && (usage == null || usage[KEY_USAGE_CRL_SIGN])) {
        named = true;
        if (isSignedBy(list, a)) {
          return a;
        }
      }
    }
    throw new CertificateException(named
        ? "the revocation list of " + list.getIssuerX500Principal() + " is not signed by it"
        : "a revocation list of " + list.getIssuerX500Principal() + ", which is none of the authorities");
  }

  private static boolean isSignedBy(X509CRL list, X509Certificate a) {
    try {
      list.verify(a.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // of another key, or forged; the caller tells the operator
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    if (chain.length == 0 || chain.length > CHAIN_MAX) {
      throw new CertificateException("a chain of " + chain.length + " certificates");
    }
    Anchors now = anchors;
    Instant time = clock.get();
    List<String> purposes = chain[0].getExtendedKeyUsage();
    if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_PURPOSE)) {
      throw new CertificateException("the certificate is not for client authentication");
    }
    boolean[] usage = chain[0].getKeyUsage();
    if (usage != null && !usage[KEY_USAGE_DIGITAL_SIGNATURE]) {
      throw new CertificateException("the certificate's key is not for signing");
    }
    try {
      PKIXParameters p = new PKIXParameters(now.trusted);
      p.setRevocationEnabled(false); // done below, from our lists
      p.setDate(Date.from(time));
      CertPathValidator.getInstance("PKIX").validate(Pem.factory().generateCertPath(withoutAnchor(chain, now)), p);
    } catch (CertPathValidatorException | InvalidAlgorithmParameterException e) {
      throw new CertificateException("no valid path to an authority: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has PKIX", e);
    }
    for (X509Certificate c : chain) {
      checkRevoked(c, now, time);
    }
  }

  /// The path without the authority itself, which some clients send along.
  private static List<X509Certificate> withoutAnchor(X509Certificate[] chain, Anchors now) {
    List<X509Certificate> path = new ArrayList<>(Arrays.asList(chain).subList(1, chain.length));
    path.removeIf(c -> now.trusted.stream().anyMatch(a -> c.equals(a.getTrustedCert())));
    path.addFirst(chain[0]);
    return path;
  }

  private static void checkRevoked(X509Certificate c, Anchors now, Instant time) throws CertificateException {
    for (X509CRL list : now.lists) {
      if (!list.getIssuerX500Principal().equals(c.getIssuerX500Principal())) {
        continue;
      }
      X509CRLEntry entry = list.getRevokedCertificate(c.getSerialNumber());
      if (entry != null) {
        throw new CertificateException("certificate " + c.getSerialNumber().toString(16) + " was revoked");
      }
      Date next = list.getNextUpdate();
      if (!now.acceptStale && next != null && next.toInstant().isBefore(time)) {
        throw new CertificateException("the revocation list of " + list.getIssuerX500Principal()
            + " should have been renewed by " + next.toInstant());
      }
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    throw new CertificateException("this server connects to no other");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return anchors.trusted.stream().map(TrustAnchor::getTrustedCert).toArray(X509Certificate[]::new);
  }
}
