package io.trivet.cli.authority;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The authority of attribute-based encryption: a program beside the server, which never holds what this holds.
@Command(
    name = "authority",
    description = {
      "Issue the keys with which devices read what is sealed for their attributes.",
      "The directory with the master key is better kept on another machine than the server's."
    },
    subcommands = {
      InitCommand.class,
      IssueCommand.class,
      RotateCommand.class,
      RevokeCommand.class,
      ListCommand.class,
      StatusCommand.class,
      LogCommand.class,
      ExportCommand.class,
      ServeCommand.class,
      DeviceKeyCommand.class,
      FetchCommand.class,
      OpenCommand.class
    },
    mixinStandardHelpOptions = true)
public final class AuthorityCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new CommandLine.ParameterException(s.commandLine(),
          "Give init, issue, rotate, revoke, list, status, log, export, serve, device-key, fetch or open.");
    }
  }
}
