package io.trivet.cli.authority;

import io.trivet.cli.CommandFailed;
import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.identity.certificates.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// What the service proves itself with: a certificate of its own.
record ServiceTls(X509Certificate[] chain, PrivateKey key) {
  static ServiceTls files(Path certificate, Path key) throws IOException {
    return new ServiceTls(Pem.certificates(certificate).toArray(X509Certificate[]::new), Pem.privateKey(key));
  }

  /// Of the server's built-in authority, made anew at each start.
  ///
  /// @param names what devices connect to, besides localhost
  static ServiceTls issued(Path caDirectory, List<String> names) throws IOException {
    if (!Files.exists(caDirectory.resolve("ca.key"))) {
      throw new CommandFailed(caDirectory + ": holds no certificate authority of a server; name its data directory with "
          + "--data, or give --cert and --cert-key");
    }
    CertificateAuthority ca = CertificateAuthority.openOrCreate(caDirectory, Instant.now());
    List<String> dns = new ArrayList<>(List.of("localhost"));
    List<String> addresses = new ArrayList<>(List.of("127.0.0.1", "::1"));
    for (String n : names.isEmpty() ? List.of(thisMachine()) : names) {
      (n.indexOf(':') >= 0 || n.matches("[0-9.]+") ? addresses : dns).add(n);
    }
    CertificateAuthority.Issued own = ca.issueServer(dns, addresses, Instant.now());
    return new ServiceTls(new X509Certificate[] {own.certificate()}, own.key());
  }

  private static String thisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine without a name of its own is found by none
    }
  }

  SSLContext context(X509TrustManager devices) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", key, new char[0], chain);
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), new TrustManager[] {devices}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new CommandFailed("the service's certificate and key cannot be used: " + e.getMessage(), e);
    }
  }
}
