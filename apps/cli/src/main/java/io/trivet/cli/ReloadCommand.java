package io.trivet.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Makes changed files take effect.
@Command(
    name = "reload",
    description = "Read configuration, certificates, revocation lists, rules and devices anew; connections stay.",
    mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Ask.server(place, "reload");
    Output.of(spec).println("reloaded configuration, certificates, revocation lists, rules and devices");
    return Trivet.OK;
  }
}
