package io.trivet.cli.smqtt;

import io.trivet.abe.PublicParameters;
import io.trivet.base.Parsed;
import io.trivet.cli.CommandFailed;
import io.trivet.identity.OwnerOnly;
import io.trivet.smqtt.Form;
import io.trivet.smqtt.Sealer;
import io.trivet.smqtt.SealerOptions;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.SenderKeyFile;
import io.trivet.smqtt.Signing;
import io.trivet.smqtt.Smqtt;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Whether, for whom and by whom what is published is sealed.
public final class SealOptions {
  private static final long VALID_SECONDS_MAX = 10L * 365 * 86_400;

  @Option(names = "--encrypt", paramLabel = "POLICY",
      description = "Seal it end to end for readers who satisfy this policy, such as 'ward:7 and (role:nurse or role:doctor)'; "
          + "where keys hold policies, what it is about, such as 'ward:7, kind:pulse'.")
  private @Nullable String policy;

  @Option(names = "--authority", paramLabel = "FILE",
      description = "Whose readers: the file that 'trivet authority export --public' writes.")
  private @Nullable Path authority;

  @Option(names = "--sender-key", paramLabel = "FILE",
      description = "Who seals: the file that 'trivet smqtt sender-key' writes.")
  private @Nullable Path senderKey;

  @Option(names = "--scope", paramLabel = "FILTER",
      description = "The topics that the message key is for. (the topic that is published to)")
  private @Nullable String scope;

  @Option(names = "--sign-each",
      description = "Sign each message and not its key alone, so that no reader can forge one in this sender's name: 76 bytes.")
  private boolean signEach;

  @Option(names = "--compact", description = "The compact form, for small radios: 24 bytes over the payload in place of 36.")
  private boolean compact;

  @Option(names = "--valid", paramLabel = "SECONDS", defaultValue = "86400",
      description = "For how long it can be opened, when retained too. (${DEFAULT-VALUE})")
  private long validSeconds;

  public boolean isUsed() {
    return policy != null;
  }

  /// A sealer for one topic, and the key it signs with.
  ///
  /// @param sealer does as the options say
  public record Sealing(Sealer sealer, SenderKey key) implements AutoCloseable {
    @Override
    public void close() {
      key.close();
    }
  }

  /// @return nothing where sealing was not asked for
  /// @throws IllegalArgumentException where options do not go together
  /// @throws CommandFailed where a file is not what it should be
  public Optional<Sealing> open(String topic) throws IOException {
    if (policy == null) {
      if (authority != null || senderKey != null || scope != null || signEach || compact) {
        throw new IllegalArgumentException("--authority, --sender-key, --scope, --sign-each and --compact are for --encrypt");
      }
      return Optional.empty();
    }
    if (authority == null || senderKey == null) {
      throw new IllegalArgumentException("--encrypt needs --authority and --sender-key");
    }
    if (validSeconds < 2 || validSeconds > VALID_SECONDS_MAX) {
      throw new IllegalArgumentException("--valid " + validSeconds + ": give 2 to " + VALID_SECONDS_MAX + " seconds");
    }
    Duration valid = Duration.ofSeconds(validSeconds);
    Duration rotate = Duration.ofSeconds(Math.min(3_600, validSeconds / 2));
    SealerOptions options = SealerOptions.of(policy, scope == null ? topic : scope)
        .form(compact ? Form.COMPACT : Form.COSE)
        .signing(signEach ? Signing.PER_MESSAGE : Signing.PER_HEADER)
        .rotation(SealerOptions.ROTATE_AFTER_MESSAGES, rotate, valid);
    PublicParameters parameters = read(authority, PublicParameters.BYTES_MAX, PublicParameters::decode);
    SenderKey key = key(senderKey);
    return Optional.of(new Sealing(Sealer.of(parameters, key, options, Smqtt.SYSTEM), key));
  }

  private static SenderKey key(Path file) throws IOException {
    String exposure = OwnerOnly.exposure(file);
    if (!exposure.isEmpty()) {
      throw new CommandFailed(exposure);
    }
    return read(file, SenderKeyFile.BYTES_MAX, SenderKeyFile::parse);
  }

  /// What was read is wiped, since it may be a secret.
  static <T> T read(Path file, int max, Function<byte[], Parsed<T>> parser) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(max + 1);
    }
    try {
      if (content.length > max) {
        throw new CommandFailed(file + ": more than " + max + " bytes");
      }
      return switch (parser.apply(content)) {
        case Parsed.Valid<T>(T value) -> value;
        case Parsed.Invalid<T>(String _, String what) -> throw new CommandFailed(file + ": " + what);
      };
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }
}
