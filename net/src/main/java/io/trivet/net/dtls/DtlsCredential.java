package io.trivet.net.dtls;

import io.trivet.base.SecretBytes;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;

/// What a client proves itself with, and how it knows the server.
public sealed interface DtlsCredential {
  /// The server proves that it has the same key.
  ///
  /// @param key stays the caller's to close, once connected
  record PreSharedKey(String identity, SecretBytes key) implements DtlsCredential {}

  /// @param server trusts the server's key
  record RawKey(DtlsKeys.RawKey own, RawKeyTrust server) implements DtlsCredential {}

  /// @param own empty for a client without certificate, which our own servers do not take
  /// @param server judges the server's chain
  /// @param serverName a host name or address that the server's certificate must bear (RFC 6125); empty where `server`
  ///     looks at that itself
  record Certificate(Optional<Chain> own, X509TrustManager server, Optional<String> serverName)
      implements DtlsCredential {}

  /// A certificate with those above it, and its key.
  record Chain(PrivateKey key, List<X509Certificate> certificates) {
    public Chain {
      certificates = List.copyOf(certificates);
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException("an empty chain");
      }
    }
  }
}
