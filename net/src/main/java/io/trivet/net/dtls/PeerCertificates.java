package io.trivet.net.dtls;

import io.trivet.base.Bytes;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.Nullable;

/// Judges the other end's certificate or raw key by our ports, on either side.
final class PeerCertificates implements NewAdvancedCertificateVerifier {
  private final Optional<X509TrustManager> chains;
  private final Optional<RawKeyTrust> rawKeys;
  private final boolean ofServers;

  /// @param ofServers whether the other end is a server, so that `chains` is asked for a server's certificate
  PeerCertificates(Optional<X509TrustManager> chains, Optional<RawKeyTrust> rawKeys, boolean ofServers) {
    this.chains = chains;
    this.rawKeys = rawKeys;
    this.ofServers = ofServers;
  }

  @Override
  public List<CertificateType> getSupportedCertificateTypes() {
    List<CertificateType> types = new ArrayList<>(2);
    rawKeys.ifPresent(_ -> types.add(CertificateType.RAW_PUBLIC_KEY));
    chains.ifPresent(_ -> types.add(CertificateType.X_509));
    return types;
  }

  @Override
  public CertificateVerificationResult verifyCertificate(
      ConnectionId cid, @Nullable ServerNames serverName, InetSocketAddress remotePeer, boolean clientUsage,
      boolean verifySubject, boolean truncateCertificatePath, CertificateMessage message) {
    CertPath path = message.getCertificateChain();
    return path == null ? rawKey(cid, message.getPublicKey()) : chain(cid, path);
  }

  private CertificateVerificationResult rawKey(ConnectionId cid, @Nullable PublicKey key) {
    if (rawKeys.isEmpty() || key == null) {
      return refused(cid, AlertDescription.UNSUPPORTED_CERTIFICATE, "a raw public key, which is not taken here", null);
    }
    return rawKeys.get().trusts(Bytes.copyOf(key.getEncoded()))
        ? new CertificateVerificationResult(cid, key, null)
        : refused(cid, AlertDescription.BAD_CERTIFICATE, "a raw public key that nobody pinned", null);
  }

  private CertificateVerificationResult chain(ConnectionId cid, CertPath path) {
    if (chains.isEmpty()) {
      return refused(cid, AlertDescription.UNSUPPORTED_CERTIFICATE, "a certificate, which is not taken here", null);
    }
    X509Certificate[] chain =
        path.getCertificates().stream().map(X509Certificate.class::cast).toArray(X509Certificate[]::new);
    if (chain.length == 0) {
      return refused(cid, AlertDescription.BAD_CERTIFICATE, "no certificate", null);
    }
    try {
      if (ofServers) {
        chains.get().checkServerTrusted(chain, "ECDHE_ECDSA");
      } else {
        chains.get().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
      }
      return new CertificateVerificationResult(cid, path, null);
    } catch (CertificateException e) {
      return refused(cid, AlertDescription.BAD_CERTIFICATE, String.valueOf(e.getMessage()), e);
    }
  }

  private static CertificateVerificationResult refused(
      ConnectionId cid, AlertDescription alert, String why, @Nullable Throwable cause) {
    AlertMessage message = new AlertMessage(AlertLevel.FATAL, alert);
    return new CertificateVerificationResult(cid, new HandshakeException(why, message, cause), null);
  }

  @Override
  public List<X500Principal> getAcceptedIssuers() {
    return chains.stream().flatMap(c -> Stream.of(c.getAcceptedIssuers()))
        .map(X509Certificate::getSubjectX500Principal).toList();
  }

  @Override
  public void setResultHandler(HandshakeResultHandler resultHandler) {
    // Judged on a worker, at once.
  }
}
