package io.trivet.cli.authority;

import io.trivet.authority.service.Callers;
import io.trivet.identity.Device;
import io.trivet.identity.Registry;
import io.trivet.identity.certificates.CertificateNames;
import io.trivet.identity.certificates.DeviceTrust;
import io.trivet.identity.certificates.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Devices by a server's registry, the authority of their certificates and its list of the revoked; all three are read
/// again when they change.
final class RegistryCallers implements Callers {
  private final Path registryFile;
  private final Path authorities;
  private final Optional<Path> lists;
  private final Registry registry;
  private final DeviceTrust trust;
  private List<FileTime> seen;

  private RegistryCallers(Path registryFile, Path authorities, Optional<Path> lists, Registry registry,
      DeviceTrust trust, List<FileTime> seen) {
    this.registryFile = registryFile;
    this.authorities = authorities;
    this.lists = lists;
    this.registry = registry;
    this.trust = trust;
    this.seen = seen;
  }

  /// @param lists where the list of the revoked is, or will be
  static RegistryCallers open(Path registryFile, Path authorities, Optional<Path> lists) throws IOException {
    List<FileTime> seen = times(List.of(registryFile, authorities), lists);
    try {
      return new RegistryCallers(registryFile, authorities, lists, Registry.open(registryFile),
          new DeviceTrust(Pem.certificates(authorities), lists.isPresent() && Files.exists(lists.get())
              ? Pem.revocationLists(lists.get()) : List.of(), false, Instant::now), seen);
    } catch (CertificateException e) {
      throw new IOException(lists.map(Path::toString).orElse("") + ": " + e.getMessage(), e);
    }
  }

  private static List<FileTime> times(List<Path> files, Optional<Path> lists) throws IOException {
    List<FileTime> all = new ArrayList<>();
    for (Path f : files) {
      all.add(Files.getLastModifiedTime(f));
    }
    if (lists.isPresent() && Files.exists(lists.get())) {
      all.add(Files.getLastModifiedTime(lists.get()));
    }
    return all;
  }

  X509TrustManager trust() {
    return trust;
  }

  /// @return what is wrong with the files, which then let nobody in
  private synchronized @Nullable String refreshed() {
    try {
      List<FileTime> now = times(List.of(registryFile, authorities), lists);
      if (!now.equals(seen)) {
        registry.reload();
        trust.replace(Pem.certificates(authorities), lists.isPresent() && Files.exists(lists.get())
            ? Pem.revocationLists(lists.get()) : List.of(), false);
        seen = now;
      }
      return null;
    } catch (IOException | CertificateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Override
  public Caller of(X509Certificate[] chain) {
    String wrong = refreshed();
    if (wrong != null) {
      return new Caller.Stranger(wrong);
    }
    try {
      // Again at every request: TLS asks only when a session begins, and a session can be resumed after a revocation.
      trust.checkClientTrusted(chain, "UNKNOWN");
    } catch (CertificateException e) {
      return new Caller.Stranger(String.valueOf(e.getMessage()));
    }
    Optional<Device> device = CertificateNames.deviceOf(registry, chain[0]);
    if (device.isEmpty()) {
      return new Caller.Stranger("no device of the registry: " + chain[0].getSubjectX500Principal());
    }
    return device.get().isBlocked()
        ? new Caller.Stranger(device.get().id() + " is blocked in the registry")
        : new Caller.Device(device.get().id().text());
  }
}
