package io.trivet.net.dtls;

import io.trivet.net.transport.PemMaterial;
import io.trivet.net.transport.TlsMaterial;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509TrustManager;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.ExtendedMasterSecretMode;
import org.eclipse.californium.scandium.dtls.MultiNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;

/// Our settings in Scandium's words, for either side.
final class ScandiumConfig {
  private static final int MAX_WAIT_SECONDS = 60;
  private static final int FLIGHT_RECORDS = 8;

  /// Scandium takes no less.
  private static final int JOBS_MIN = 64;

  /// CCM_8 last where there is a choice: its tag has eight bytes only. It is what constrained devices speak.
  static final List<CipherSuite> PSK_SUITES = List.of(
      CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
      CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
      CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256,
      CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
      CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA378,
      CipherSuite.TLS_PSK_WITH_AES_128_CCM,
      CipherSuite.TLS_PSK_WITH_AES_256_CCM,
      CipherSuite.TLS_PSK_WITH_AES_128_CCM_8,
      CipherSuite.TLS_PSK_WITH_AES_256_CCM_8);

  static final List<CipherSuite> CERTIFICATE_SUITES = List.of(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8);

  private static final List<SignatureAndHashAlgorithm> SIGNATURES = List.of(
      SignatureAndHashAlgorithm.SHA256_WITH_ECDSA,
      SignatureAndHashAlgorithm.SHA384_WITH_ECDSA,
      SignatureAndHashAlgorithm.INTRINSIC_WITH_ED25519);

  static {
    DtlsConfig.register();
  }

  private ScandiumConfig() {}

  /// What holds for both sides.
  static DtlsConnectorConfig.Builder common(DtlsSettings s) {
    return DtlsConnectorConfig.builder(new Configuration())
        .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, s.retransmission().toMillis(), TimeUnit.MILLISECONDS)
        .set(DtlsConfig.DTLS_MAX_RETRANSMISSION_TIMEOUT, MAX_WAIT_SECONDS, TimeUnit.SECONDS)
        .set(DtlsConfig.DTLS_ADDITIONAL_ECC_TIMEOUT, 0, TimeUnit.SECONDS)
        .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, s.retransmissionsMax())
        .set(DtlsConfig.DTLS_MAX_CONNECTIONS, s.associationsMax())
        .set(DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD, s.staleAfter().toSeconds(), TimeUnit.SECONDS)
        .set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT, s.datagramBytesMax())
        .set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT_LIMIT, s.datagramBytesMax())
        .set(DtlsConfig.DTLS_EXTENDED_MASTER_SECRET_MODE, ExtendedMasterSecretMode.REQUIRED)
        .set(DtlsConfig.DTLS_USE_DEFAULT_RECORD_FILTER, false)
        .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
        .set(DtlsConfig.DTLS_USE_SERVER_NAME_INDICATION, false);
  }

  @SuppressWarnings("deprecation") // what is set here as deprecated is on by default today: stated, so that it stays
  static DtlsConnectorConfig.Builder server(DtlsSettings s, DtlsKeys keys, int loop, Optional<PreSharedKeys> psk) {
    DtlsConnectorConfig.Builder b = common(s)
        .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
        .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 0)
        .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
        .set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, Math.max(JOBS_MIN, s.handshakesMax() * FLIGHT_RECORDS))
        // No resumption: an abbreviated handshake would let in a device that was blocked since. A connection id serves
        // the sleeping device better.
        .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
        .set(DtlsConfig.DTLS_VERIFY_PEERS_ON_RESUMPTION_THRESHOLD, 0)
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST_FOR_PSK, true)
        .setConnectionIdGenerator(ids(s.connectionIdBytes(), loop));
    List<CipherSuite> suites = new ArrayList<>();
    if (s.modes().contains(DtlsMode.RAW_PUBLIC_KEY) || s.modes().contains(DtlsMode.CERTIFICATE)) {
      suites.addAll(CERTIFICATE_SUITES);
      certificates(b, s, keys);
    }
    psk.ifPresent(p -> {
      suites.addAll(PSK_SUITES);
      b.setAdvancedPskStore(p);
    });
    suites.removeIf(c -> !c.isSupported());
    return b.set(DtlsConfig.DTLS_CIPHER_SUITES, suites);
  }

  private static void certificates(DtlsConnectorConfig.Builder b, DtlsSettings s, DtlsKeys keys) {
    Optional<X509TrustManager> chains = s.modes().contains(DtlsMode.CERTIFICATE)
        ? Optional.of(keys.material().orElseThrow().clientTrust())
        : Optional.empty();
    Optional<RawKeyTrust> raw = s.modes().contains(DtlsMode.RAW_PUBLIC_KEY) ? keys.rawKeyTrust() : Optional.empty();
    b.setAdvancedCertificateVerifier(new PeerCertificates(chains, raw, false));
    b.setCertificateIdentityProvider(keys.material().isPresent()
        ? identity(keys.material().get(), keys.renewal(), s)
        : rawIdentity(keys.rawKey().orElseThrow()));
    signatures(b);
  }

  static void signatures(DtlsConnectorConfig.Builder b) {
    b.set(DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS, SIGNATURES);
  }

  private static CertificateProvider identity(
      TlsMaterial m, Optional<CertificateRenewal> renewal, DtlsSettings s) {
    List<CertificateType> types = new ArrayList<>(2);
    if (s.modes().contains(DtlsMode.RAW_PUBLIC_KEY)) {
      types.add(CertificateType.RAW_PUBLIC_KEY);
    }
    if (s.modes().contains(DtlsMode.CERTIFICATE)) {
      types.add(CertificateType.X_509);
    }
    return renewal.isPresent()
        ? renewal.get().shownAs(types)
        : chainIdentity(PemMaterial.privateKey(m.keyPem()), PemMaterial.certificates(m.chainPem()), types);
  }

  static CertificateProvider chainIdentity(PrivateKey key, X509Certificate[] chain, List<CertificateType> types) {
    return new SingleCertificateProvider(key, chain, types);
  }

  static CertificateProvider rawIdentity(DtlsKeys.RawKey pair) {
    return new SingleCertificateProvider(pair.secret(), pair.open());
  }

  /// With a length of zero ours are empty, and those the peer asks for are honoured.
  static ConnectionIdGenerator ids(int bytes, int loop) {
    return bytes == 0 ? new SingleNodeConnectionIdGenerator(0) : new MultiNodeConnectionIdGenerator(loop, bytes);
  }
}
