package io.trivet.cli;

import io.trivet.server.config.Option;
import io.trivet.server.config.OptionText;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Explains the options of the configuration file.
@Command(
    name = "options",
    description = "Explain the options of trivet.yaml.",
    mixinStandardHelpOptions = true)
final class OptionsCommand implements Callable<Integer> {
  @picocli.CommandLine.Option(names = "--markdown", description = "All of them as docs/options.md.")
  private boolean markdown;

  @picocli.CommandLine.Option(names = "--yaml", description = "All of them as a commented file to begin with.")
  private boolean yaml;

  @Parameters(
      arity = "0..1",
      paramLabel = "TEXT",
      description = "Only options whose name or explanation contains this.")
  private @Nullable String text;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Output.of(spec);
    if (markdown) {
      out.print(OptionText.markdown());
    } else if (yaml) {
      out.print(OptionText.yaml());
    } else {
      String wanted = text == null ? "" : text;
      int shown = 0;
      for (Option o : Option.values()) {
        if (o.path().contains(wanted) || o.help().contains(wanted)) {
          out.println(OptionText.oneLine(o));
          shown++;
        }
      }
      if (shown == 0) {
        throw new CommandFailed("no option speaks of '" + wanted + "': 'trivet options' lists all of them");
      }
    }
    return Trivet.OK;
  }
}
