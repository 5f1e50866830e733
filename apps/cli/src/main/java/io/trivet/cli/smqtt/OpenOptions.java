package io.trivet.cli.smqtt;

import io.trivet.abe.PublicKey;
import io.trivet.abe.ReaderKey;
import io.trivet.authority.KeyFile;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import io.trivet.identity.OwnerOnly;
import io.trivet.smqtt.ReaderState;
import io.trivet.smqtt.Senders;
import io.trivet.smqtt.SendersFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whether, by which key and from whom what comes is opened.
public final class OpenOptions {
  @Option(names = "--decrypt", paramLabel = "KEY",
      description = "Open messages that were sealed end to end by this reader's key, as 'trivet authority fetch' or 'open' writes "
          + "it. What does not open is said on standard error and not counted.")
  private @Nullable Path key;

  @Option(names = "--senders", paramLabel = "FILE",
      description = "Whom to believe: a line 'ed25519:HEX NAME' for each sender, as 'trivet smqtt sender-key' prints it.")
  private @Nullable Path senders;

  @Option(names = "--reader-state", paramLabel = "FILE",
      description = "Where to remember what was opened, so that it is not taken again after a restart; made where it is not there.")
  private @Nullable Path state;

  public boolean isUsed() {
    return key != null;
  }

  /// @return nothing where opening was not asked for
  /// @throws CommandFailed where a file is not what it should be
  public Optional<Reading> open() throws IOException {
    if (key == null) {
      if (senders != null || state != null) {
        throw new IllegalArgumentException("--senders and --reader-state are for --decrypt");
      }
      return Optional.empty();
    }
    if (senders == null) {
      throw new IllegalArgumentException("--decrypt needs --senders: whom to believe");
    }
    Senders known = Senders.of(SendersFile.read(senders));
    ReaderState before = state == null || !Files.exists(state) ? ReaderState.fresh()
        : SealOptions.read(state, ReaderState.BYTES_MAX, b -> ReaderState.decode(Bytes.copyOf(b)));
    return Optional.of(new Reading(readerKey(key), known, before, Optional.ofNullable(state)));
  }

  private static ReaderKey readerKey(Path file) throws IOException {
    String exposure = OwnerOnly.exposure(file);
    if (!exposure.isEmpty()) {
      throw new CommandFailed(exposure);
    }
    try (KeyFile read = SealOptions.read(file, KeyFile.FILE_BYTES_MAX, OpenOptions::keyFile)) {
      PublicKey of = valid(file, PublicKey.decode(read.publicKey().toArray()));
      return valid(file, read.readerKey().expose(k -> ReaderKey.decode(k, of)));
    }
  }

  private static Parsed<KeyFile> keyFile(byte[] content) {
    try (SecretBytes secret = SecretBytes.copyOf(content)) {
      return KeyFile.read(secret);
    }
  }

  private static <T> T valid(Path file, Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(T value) -> value;
      case Parsed.Invalid<T>(String _, String what) -> throw new CommandFailed(file + ": " + what);
    };
  }
}
