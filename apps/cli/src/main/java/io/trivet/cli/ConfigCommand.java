package io.trivet.cli;

import io.trivet.server.config.Config;
import io.trivet.server.config.OptionText;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Looks at the configuration without a server.
@Command(
    name = "config",
    description = "Check or show the configuration file.",
    mixinStandardHelpOptions = true)
final class ConfigCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new CommandLine.ParameterException(s.commandLine(), "Give check or show.");
    }
  }

  @Command(
      name = "check",
      description = "Say whether the file is right, and what is wrong with it.",
      mixinStandardHelpOptions = true)
  int check(@Mixin Place place) {
    Path file = place.configFile().orElseGet(() -> place.data().resolve("trivet.yaml"));
    if (!Files.exists(file)) {
      throw new CommandFailed(file + ": no such file; the first 'trivet serve' makes one, or see 'trivet options --yaml'");
    }
    Config.read(file);
    Output.of(spec).println(file + " is right");
    return Trivet.OK;
  }

  @Command(
      name = "show",
      description = "Show every option with its value.",
      mixinStandardHelpOptions = true)
  int show(@Mixin Place place) {
    Output.of(spec).print(OptionText.yaml(place.read()));
    return Trivet.OK;
  }
}
