package io.trivet.cli.authority;

import io.trivet.abe.Kind;
import io.trivet.authority.Authority;
import io.trivet.authority.Guard;
import io.trivet.authority.Parameters;
import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "init",
    description = "Make an authority: a master key, guarded by a passphrase or by a token.",
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {
  /// As people type it.
  enum KindName {
    cp,
    kp
  }

  @Mixin
  private Keeper keeper = new Keeper();

  @Option(
      names = "--kind",
      paramLabel = "cp|kp",
      defaultValue = "cp",
      description = "cp: senders say who may read, keys carry attributes. kp: senders say what it is about, keys carry a "
          + "policy. (${DEFAULT-VALUE})")
  private KindName kind = KindName.cp;

  @Option(
      names = "--token",
      paramLabel = "LIBRARY",
      description = "Guard the master key by a key of a PKCS#11 token: the path of the token's library.")
  private @Nullable Path token;

  @Option(names = "--slot", paramLabel = "N", description = "The token's slot.")
  private @Nullable Long slot;

  @Option(
      names = "--key-label",
      paramLabel = "LABEL",
      defaultValue = "trivet-authority",
      description = "The token's key, AES, or RSA with its certificate; where it has none an AES key is made there. "
          + "(${DEFAULT-VALUE})")
  private String label = "";

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Kind k = kind == KindName.cp ? Kind.CIPHERTEXT_POLICY : Kind.KEY_POLICY;
    Parameters made;
    if (token == null) {
      if (slot != null) {
        throw new CommandFailed("--slot goes with --token");
      }
      try (SecretBytes passphrase = keeper.newPassphrase()) {
        made = Authority.init(keeper.dir(), k, new Guard.Passphrase(passphrase), Keeper.RANDOMNESS, InstantSource.system());
      }
    } else {
      Long in = slot;
      if (in == null) {
        throw new CommandFailed("--token needs --slot; list them with the token's own tool, as 'softhsm2-util --show-slots'");
      }
      try (SecretBytes pin = keeper.pin()) {
        made = Authority.init(keeper.dir(), k, new Guard.Token(token.toString(), in, label, pin), Keeper.RANDOMNESS,
            InstantSource.system());
      }
    }
    PrintWriter out = Output.of(spec);
    out.println("Authority " + made.name() + " is in " + Shell.near(keeper.dir().toString()) + ", epoch 1.");
    out.println("What it guards is lost with its directory" + (token == null ? " or its passphrase" : " or its token")
        + ": keep a copy of each in a safe place.");
    return Trivet.OK;
  }
}
