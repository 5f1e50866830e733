package io.trivet.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// IPsec between devices and server, by strongSwan.
@Command(
    name = "ipsec",
    description = "Write strongSwan's configuration for the server and its devices.",
    subcommands = IpsecInitCommand.class,
    mixinStandardHelpOptions = true)
final class IpsecCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new CommandLine.ParameterException(s.commandLine(), "Give init.");
    }
  }
}
