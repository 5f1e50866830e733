package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivet.server.admin.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Who is connected.
@Command(
    name = "connections",
    description = "List the clients that are connected, or end one's connection.",
    mixinStandardHelpOptions = true)
final class ConnectionsCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @Option(names = "--kick", paramLabel = "CLIENT", description = "End the connection of this client identifier.")
  private @Nullable String kick;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Output.of(spec);
    if (kick != null) {
      Ask.server(place, "kick", Json.object().put("client-id", kick));
      out.println("The connection of " + kick + " was ended; it may come back: see 'trivet device block'.");
      return Trivet.OK;
    }
    JsonNode answer = Ask.server(place, "connections");
    if (json) {
      out.println(answer.path("connections").toPrettyString());
      return Trivet.OK;
    }
    Table table = new Table("CLIENT", "DEVICE", "SUBSCRIPTIONS", "BACKLOG");
    for (JsonNode c : answer.path("connections")) {
      table.row(Shell.printable(c.path("client-id").asText()), c.path("device").asText(),
          c.path("subscriptions").asText(), c.path("backlog").asText());
    }
    table.print(out);
    return Trivet.OK;
  }
}
