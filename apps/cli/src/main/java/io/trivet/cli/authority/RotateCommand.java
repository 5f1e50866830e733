package io.trivet.cli.authority;

import io.trivet.abe.PublicParameters;
import io.trivet.authority.Authority;
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
    name = "rotate",
    description = "Begin the next epoch: a new key for every device that was not revoked. Senders that seal for the new "
        + "epoch shut out who was.",
    mixinStandardHelpOptions = true)
final class RotateCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (Authority authority = keeper.open()) {
      long epoch = authority.rotate(new ProgressLine(Output.errors(spec), "issued"));
      long revoked = authority.subjects().stream().filter(Subject::isRevoked).count();
      PrintWriter out = Output.of(spec);
      out.println("Epoch " + epoch + " has begun: " + (authority.subjects().size() - revoked) + " devices have new keys, "
          + revoked + " are revoked and have none.");
      out.println("Devices fetch theirs; senders seal with '" + PublicParameters.attribute(epoch) + "' from now on.");
    }
    return Trivet.OK;
  }
}
