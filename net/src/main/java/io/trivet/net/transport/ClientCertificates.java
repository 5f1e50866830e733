package io.trivet.net.transport;

import io.netty.handler.ssl.ResumableX509ExtendedTrustManager;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Puts every client certificate before the judge, also those that come out of a session ticket: a certificate
/// revoked since would otherwise live on for as long as its ticket.
final class ClientCertificates extends X509ExtendedTrustManager implements ResumableX509ExtendedTrustManager {
  private final X509TrustManager judge;

  ClientCertificates(X509TrustManager judge) {
    this.judge = judge;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public void resumeClientTrusted(X509Certificate[] chain, SSLEngine engine) throws CertificateException {
    if (chain.length > 0) {
      judge.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    }
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    throw neverAsked();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw neverAsked();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw neverAsked();
  }

  @Override
  public void resumeServerTrusted(X509Certificate[] chain, SSLEngine engine) throws CertificateException {
    throw neverAsked();
  }

  private static CertificateException neverAsked() {
    return new CertificateException("a listener judges clients, no servers");
  }
}
