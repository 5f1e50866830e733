package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Says how the running server is.
@Command(name = "status", description = "Show what listens and what is connected.", mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Output.of(spec);
    JsonNode status = Ask.server(place, "status");
    if (json) {
      out.println(status.toPrettyString());
      return Trivet.OK;
    }
    for (JsonNode l : status.path("listeners")) {
      out.printf("listens        %-10s %-24s %s%n",
          l.path("kind").asText(), l.path("address").asText(), l.path("protection").asText());
    }
    status.propertyStream()
        .filter(e -> e.getValue().isValueNode())
        .forEach(e -> out.printf("%-14s %s%n", e.getKey(), e.getValue().asText()));
    return Trivet.OK;
  }
}
