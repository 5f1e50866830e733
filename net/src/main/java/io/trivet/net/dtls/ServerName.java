package io.trivet.net.dtls;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.X509TrustManager;

/// Adds to a judge of chains that the first certificate bears a name (RFC 6125, section 6.4): as subject alternative
/// name, never as common name; `*` stands for one whole label, the first.
record ServerName(X509TrustManager chains, String name) implements X509TrustManager {
  private static final int DNS = 2;
  private static final int IP = 7;

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    chains.checkServerTrusted(chain, authType);
    if (!isNamed(chain[0])) {
      throw new CertificateException("the server's certificate is not for " + name);
    }
  }

  private boolean isNamed(X509Certificate c) throws CertificateParsingException {
    Collection<List<?>> names = c.getSubjectAlternativeNames();
    return names != null && names.stream().anyMatch(n -> switch ((Integer) n.get(0)) {
      case DNS -> matches(String.valueOf(n.get(1)));
      case IP -> name.equals(n.get(1));
      default -> false;
    });
  }

  private boolean matches(String pattern) {
    String p = pattern.toLowerCase(Locale.ROOT);
    String wanted = name.toLowerCase(Locale.ROOT);
    int dot = wanted.indexOf('.');
    return p.equals(wanted) || p.startsWith("*.") && dot > 0 && p.substring(1).equals(wanted.substring(dot));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
    throw new CertificateException("a client connects to servers only");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains.getAcceptedIssuers();
  }
}
