package io.trivet.cli.authority;

import io.trivet.abe.Kind;
import io.trivet.authority.LogCheck;
import io.trivet.authority.Parameters;
import io.trivet.authority.Shelf;
import io.trivet.authority.Subject;
import io.trivet.cli.Output;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Say how an authority stands. Needs no passphrase.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Shelf shelf = keeper.shelf();
    Parameters p = shelf.parameters();
    PrintWriter out = Output.of(spec);
    long revoked = shelf.subjects().stream().filter(Subject::isRevoked).count();
    out.println("authority    " + p.name());
    out.println("kind         " + (p.kind() == Kind.CIPHERTEXT_POLICY ? "cp, attributes in keys" : "kp, policies in keys"));
    out.println("master key   guarded by " + (shelf.wantsPin() ? "a token" : "a passphrase"));
    out.println("epoch        " + shelf.epoch());
    out.println("devices      " + (shelf.subjects().size() - revoked) + ", and " + revoked + " revoked");
    out.println("log          " + LogCommand.verdict(shelf.check(_ -> {})));
    for (Subject s : shelf.subjects()) {
      missing(shelf, s, out);
    }
    return shelf.check(_ -> {}) instanceof LogCheck.Sound ? Trivet.OK : Trivet.FAILED;
  }

  private static void missing(Shelf shelf, Subject s, PrintWriter out) {
    try {
      shelf.key(s.device());
    } catch (IOException e) {
      out.println("problem      " + e.getMessage());
    }
  }
}
