package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An authority in a directory of a test, cheap to open: its passphrase costs nothing to guess, its keys are plain text.
record House(Path dir) {
  static final SecureRandom RANDOM = new SecureRandom();
  static final Seal CHEAP = new Seal(salt -> new Protection.Passphrase(salt, 8, 1, 1));
  static final String PASSPHRASE = "correct horse battery";
  private static final Instant NOW = Instant.parse("2026-11-23T16:00:00Z");

  static Guard guard() {
    return new Guard.Passphrase(SecretBytes.utf8(PASSPHRASE));
  }

  Layout layout(Disk disk) {
    return new Layout(dir, disk);
  }

  Parameters init(Kind kind, Disk disk) throws IOException {
    return Founding.init(layout(disk), kind, guard(), CHEAP, new PlainScheme(), RANDOM::nextBytes, () -> NOW);
  }

  House founded() throws IOException {
    init(Kind.CIPHERTEXT_POLICY, new OwnedDisk());
    return this;
  }

  Authority open(Disk disk) throws IOException {
    return Authority.open(layout(disk), new Opener.Passphrase(SecretBytes.utf8(PASSPHRASE)), new PlainScheme(),
        RANDOM::nextBytes, () -> NOW);
  }

  Authority open() throws IOException {
    return open(new OwnedDisk());
  }

  static Authority.Request request(String device, String scope, DeviceKey key) {
    return new Authority.Request(device, scope, Optional.of(key.recipient()));
  }

  static List<Authority.Issued> issue(Authority a, Authority.Request... requests) throws IOException {
    return a.issue(List.of(requests), false, (_, _) -> {});
  }
}
