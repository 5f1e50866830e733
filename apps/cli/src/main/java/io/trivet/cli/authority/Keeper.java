package io.trivet.cli.authority;

import io.trivet.authority.Authority;
import io.trivet.authority.Opener;
import io.trivet.authority.Shelf;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which authority a command means, and what opens its master key.
final class Keeper {
  static final String PASSPHRASE_OPTION = "--passphrase-file";
  static final String PIN_OPTION = "--pin-file or TRIVET_AUTHORITY_PIN";
  private static final SecureRandom SECURE = new SecureRandom();
  static final Randomness RANDOMNESS = SECURE::nextBytes;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "${env:TRIVET_AUTHORITY:-authority}",
      description = "The authority's directory; without it TRIVET_AUTHORITY, or authority here. (${DEFAULT-VALUE})")
  private @Nullable Path dir;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Take the first line of this file as the passphrase rather than ask; - reads standard input.")
  private @Nullable String passphraseFile;

  @Option(
      names = "--pin-file",
      paramLabel = "FILE",
      description = "Take the first line of this file as the token's PIN rather than TRIVET_AUTHORITY_PIN, or ask.")
  private @Nullable String pinFile;

  Path dir() {
    Path d = dir;
    if (d == null) {
      throw new AssertionError("--dir has a default");
    }
    return d;
  }

  Shelf shelf() throws IOException {
    return Shelf.open(dir());
  }

  Authority open() throws IOException {
    boolean token = shelf().wantsPin();
    try (SecretBytes secret = token ? pin() : passphrase()) {
      return Authority.open(dir(), token ? new Opener.Pin(secret) : new Opener.Passphrase(secret), RANDOMNESS,
          InstantSource.system());
    }
  }

  private SecretBytes passphrase() throws IOException {
    return passphraseFile != null ? SecretSource.file(passphraseFile)
        : SecretSource.prompt("Passphrase of the authority", PASSPHRASE_OPTION);
  }

  SecretBytes pin() throws IOException {
    Optional<SecretBytes> given = pinFile == null
        ? SecretSource.environment("TRIVET_AUTHORITY_PIN") : Optional.of(SecretSource.file(pinFile));
    return given.orElseGet(() -> SecretSource.prompt("PIN of the token", PIN_OPTION));
  }

  SecretBytes newPassphrase() throws IOException {
    return passphraseFile != null ? SecretSource.file(passphraseFile)
        : SecretSource.promptTwice("Passphrase for the authority, 12 characters or more", PASSPHRASE_OPTION);
  }
}
