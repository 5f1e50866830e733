package io.trivet.cli.client;

import io.trivet.base.SecretBytes;
import io.trivet.identity.certificates.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Whom a client trusts and what it proves itself with below MQTT.
///
/// @param authorities a PEM file of the certificates to trust; absent for those this machine trusts
/// @param certificate a PEM file of the client's own chain, its own first; comes with `key`
/// @param key a PEM file of the client's private key
/// @param pskIdentity the name of the pre-shared key; comes with `psk`
public record Protection(
    Optional<Path> authorities,
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<String> pskIdentity,
    Optional<SecretBytes> psk) {
  public static final Protection NONE =
      new Protection(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public Protection {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a client certificate needs its key: give both --cert and --key");
    }
    if (pskIdentity.isPresent() != psk.isPresent()) {
      throw new IllegalArgumentException("a pre-shared key needs its name: give both --psk-identity and --psk");
    }
  }

  /// TLS 1.3 and 1.2 with this trust and this certificate.
  ///
  /// @throws ClientFailure where a file holds no usable certificate or key
  public SSLContext context() throws IOException {
    try {
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities.isPresent() ? trusted(authorities.get()) : null);
      KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      if (certificate.isPresent() && key.isPresent()) {
        keys.init(own(certificate.get(), key.get()), new char[0]);
      } else {
        keys.init(null, null);
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new ClientFailure("certificates or key cannot be used: " + e.getMessage(), e);
    }
  }

  /// Who judges a server's chain.
  ///
  /// @throws ClientFailure where a file holds no usable certificate
  public X509TrustManager trust() throws IOException {
    try {
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities.isPresent() ? trusted(authorities.get()) : null);
      for (TrustManager m : trust.getTrustManagers()) {
        if (m instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("every Java runtime judges X.509 certificates");
    } catch (GeneralSecurityException e) {
      throw new ClientFailure("certificates cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyStore trusted(Path file) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    List<X509Certificate> all = Pem.certificates(file);
    if (all.isEmpty()) {
      throw new ClientFailure(file + ": holds no certificate");
    }
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("authority-" + i, all.get(i));
    }
    return store;
  }

  private static KeyStore own(Path chainFile, Path keyFile) throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    List<X509Certificate> chain = Pem.certificates(chainFile);
    if (chain.isEmpty()) {
      throw new ClientFailure(chainFile + ": holds no certificate");
    }
    PrivateKey key = Pem.privateKey(keyFile);
    store.setKeyEntry("own", key, new char[0], chain.toArray(X509Certificate[]::new));
    return store;
  }
}
