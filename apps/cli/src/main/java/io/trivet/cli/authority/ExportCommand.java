package io.trivet.cli.authority;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.abe.PublicParameters;
import io.trivet.authority.Authority;
import io.trivet.authority.Guard;
import io.trivet.authority.Parameters;
import io.trivet.authority.Subject;
import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Trivet;
import io.trivet.identity.OwnerOnly;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description = "Write what senders encrypt with, or the list of what was issued; each is said in the log first.",
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  static final String RISK = "whoever has this file and its passphrase reads everything";

  @Mixin
  private Keeper keeper = new Keeper();

  @Option(names = "--public", paramLabel = "FILE", description = "The public key and the epoch, for senders and brokers. It is no secret.")
  private @Nullable Path publicKey;

  @Option(
      names = "--list",
      paramLabel = "FILE",
      description = "Which device has a key for what: a JSON object a line. It says much about your devices.")
  private @Nullable Path list;

  @Option(
      names = "--master",
      paramLabel = "FILE",
      description = "The master key under another passphrase, to be kept in a safe; needs --risk.")
  private @Nullable Path master;

  @Option(
      names = "--master-passphrase-file",
      paramLabel = "FILE",
      description = "The passphrase for that copy, rather than ask.")
  private @Nullable String masterPassphrase;

  @Option(names = "--risk", paramLabel = "WORDS", description = "Say '" + RISK + "'.")
  private @Nullable String risk;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (publicKey == null && list == null && master == null) {
      throw new CommandFailed("give what to export: --public FILE or --list FILE");
    }
    if (master != null && !RISK.equals(risk)) {
      throw new CommandFailed("--master writes out the key to everything; if that is what you want say --risk '" + RISK + "'");
    }
    Path whole = master;
    if (whole != null && Files.exists(whole)) {
      throw new CommandFailed(whole + ": exists already");
    }
    PrintWriter out = Output.of(spec);
    try (Authority authority = keeper.open()) {
      Path p = publicKey;
      if (p != null) {
        authority.exported("public key");
        Parameters all = authority.parameters();
        Files.write(p, PublicParameters.encode(all.kind(), all.publicKey(), authority.epoch()).toArray());
        out.println("Public key of " + all.name() + ", epoch " + authority.epoch() + ": " + Shell.near(p.toString()));
      }
      Path l = list;
      if (l != null) {
        authority.exported("list of devices");
        OwnerOnly.write(l, listed(authority).getBytes(StandardCharsets.UTF_8));
        out.println("Devices and what their keys are for: " + Shell.near(l.toString()));
      }
      if (whole != null) {
        master(authority, whole, out);
      }
    }
    return Trivet.OK;
  }

  private void master(Authority authority, Path to, PrintWriter out) throws IOException {
    try (SecretBytes passphrase = masterPassphrase != null ? SecretSource.file(masterPassphrase)
        : SecretSource.promptTwice("Passphrase for the copy of the master key", "--master-passphrase-file")) {
      Bytes file = authority.exportMaster(new Guard.Passphrase(passphrase), "master key under another passphrase");
      OwnerOnly.write(to, file.toArray());
    }
    out.println("Master key under its own passphrase: " + Shell.near(to.toString()));
    out.println("It is a master.key: put it in the place of one that was lost. Remember, " + RISK + ".");
  }

  private static String listed(Authority authority) {
    StringBuilder text = new StringBuilder();
    for (Subject s : authority.subjects()) {
      ObjectNode n = Json.object();
      n.put("device", s.device());
      n.put("for", s.scope());
      n.put("epoch", s.keyEpoch());
      if (s.isRevoked()) {
        n.put("revoked-in", s.revokedIn().getAsLong());
      }
      text.append(n).append('\n');
    }
    return text.toString();
  }
}
