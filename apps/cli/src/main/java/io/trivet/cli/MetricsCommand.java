package io.trivet.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints the counters.
@Command(
    name = "metrics",
    description = "Print the server's counters in Prometheus' text format.",
    mixinStandardHelpOptions = true)
final class MetricsCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Output.of(spec).print(Ask.server(place, "metrics").path("text").asText());
    return Trivet.OK;
  }
}
