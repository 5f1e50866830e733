package io.trivet.server;

import io.trivet.base.Bytes;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.identity.certificates.DeviceTrust;
import io.trivet.identity.certificates.Pem;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the server shows and whom it trusts, read from files at the start and at each reload.
final class Certificates {
  private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

  private final DataDirectory data;
  private final CertificateAuthority authority;
  private final DeviceTrust trust;

  /// @param chain and `key`: PEM files
  /// @param status OCSP response to staple
  record Shown(Path chain, Path key, Optional<Bytes> status) {}

  Certificates(DataDirectory data, CertificateAuthority authority, Config config) throws IOException {
    this.data = data;
    this.authority = authority;
    try {
      this.trust = new DeviceTrust(authorities(config), lists(config), config.flag(Option.TLS_ACCEPT_STALE), Instant::now);
    } catch (CertificateException e) {
      throw new ConfigException("tls.revocation-lists: " + e.getMessage(), e);
    }
  }

  DeviceTrust trust() {
    return trust;
  }

  /// Takes the authorities and revocation lists as they are on disk now.
  void reloadTrust(Config config) throws IOException {
    try {
      trust.replace(authorities(config), lists(config), config.flag(Option.TLS_ACCEPT_STALE));
    } catch (CertificateException e) {
      throw new ConfigException("tls.revocation-lists: " + e.getMessage(), e);
    }
  }

  private List<X509Certificate> authorities(Config config) throws IOException {
    List<X509Certificate> all = new ArrayList<>(List.of(authority.root()));
    for (Path file : config.paths(Option.TLS_CLIENT_AUTHORITIES)) {
      all.addAll(Pem.certificates(file));
    }
    return all;
  }

  private List<X509CRL> lists(Config config) throws IOException {
    List<X509CRL> all = new ArrayList<>();
    if (Files.exists(authority.revocationFile())) {
      authority.renewRevocationList(Instant.now()); // one past its end would refuse every device
      all.addAll(Pem.revocationLists(authority.revocationFile()));
    }
    for (Path file : config.paths(Option.TLS_REVOCATION_LISTS)) {
      all.addAll(Pem.revocationLists(file));
    }
    return all;
  }

  /// The configured certificate, or the built-in authority's, made or renewed where that is due.
  Shown shown(Config config) throws IOException {
    Optional<Path> chain = config.path(Option.TLS_CERTIFICATE);
    Optional<Path> key = config.path(Option.TLS_KEY);
    if (chain.isPresent() != key.isPresent()) {
      throw new ConfigException("tls.certificate and tls.key: give both or neither");
    }
    if (chain.isPresent() && key.isPresent()) {
      Optional<Path> status = config.path(Option.TLS_OCSP_RESPONSE);
      return new Shown(chain.get(), key.get(),
          status.isEmpty() ? Optional.empty() : Optional.of(Bytes.wrap(Files.readAllBytes(status.get()))));
    }
    Path own = data.file("server.crt");
    Path ownKey = data.file("server.key");
    Instant now = Instant.now();
    if (!Files.exists(own) || !Files.exists(ownKey) || isDue(Pem.certificates(own).getFirst(), now)) {
      HostNames host = HostNames.ofThisHost();
      // A renewed certificate keeps its key: devices may have pinned it.
      CertificateAuthority.Issued issued = Files.exists(own) && Files.exists(ownKey)
          ? authority.issueServer(host.names(), host.addresses(), now,
              new KeyPair(Pem.certificates(own).getFirst().getPublicKey(), Pem.privateKey(ownKey)))
          : authority.issueServer(host.names(), host.addresses(), now);
      OwnerOnly.write(ownKey, Pem.of(issued.key()).getBytes(StandardCharsets.US_ASCII));
      OwnerOnly.write(own, Pem.of(issued.certificate()).getBytes(StandardCharsets.US_ASCII));
    }
    return new Shown(own, ownKey, Optional.of(authority.status(Pem.certificates(own).getFirst(), now)));
  }

  private static boolean isDue(X509Certificate c, Instant now) {
    return c.getNotAfter().toInstant().minus(RENEWED_BEFORE_END).isBefore(now);
  }
}
