package io.trivet.cli.authority;

import io.trivet.authority.Authority;
import io.trivet.cli.Output;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "revoke",
    description = "No more keys for a device: out from the next epoch on. What is sealed before that stays readable to it.",
    mixinStandardHelpOptions = true)
final class RevokeCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Parameters(paramLabel = "DEVICE", arity = "1..*")
  private List<String> devices = List.of();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (Authority authority = keeper.open()) {
      authority.revoke(devices);
      PrintWriter out = Output.of(spec);
      String who = String.join(", ", devices);
      out.println(who + ": revoked. No key is handed out any more, and there will be none for epoch "
          + (authority.epoch() + 1) + ".");
      out.println("The key of epoch " + authority.epoch() + " that is out there goes on reading what is sealed in epoch "
          + authority.epoch() + ".");
      out.println("'trivet authority rotate' begins the next epoch now; what was sealed before it can not be taken back.");
    }
    return Trivet.OK;
  }
}
