package io.trivet.cli.smqtt;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What sealing end to end needs beside the authority.
@Command(
    name = "smqtt",
    description = "Seal messages end to end: keys of senders.",
    subcommands = SenderKeyCommand.class,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Messages are sealed by 'trivet pub --encrypt' and 'trivet coap put --encrypt', opened by 'trivet sub --decrypt' and",
      "'trivet coap get --decrypt'; readers' keys come from 'trivet authority'.",
    })
public final class SmqttCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new ParameterException(s.commandLine(), "Give a command: sender-key.");
    }
  }
}
