package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The devices: who may connect, with what, and what is known of them. Speaks to the server that runs on the data
/// directory; where none does, changes its files.
@Command(
    name = "device",
    description = "Add, look at, change, block and remove devices; with a server running or not.",
    mixinStandardHelpOptions = true)
final class DeviceCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new CommandLine.ParameterException(
          s.commandLine(), "Give add, list, show, set, block, unblock, remove or rotate.");
    }
  }

  private PrintWriter out() {
    return Output.of(spec);
  }

  private static ObjectNode named(String id) {
    return Json.object().put("id", id);
  }

  @Command(
      name = "add",
      description = "Add a device. Without another credential it gets a password.",
      mixinStandardHelpOptions = true)
  int add(
      @Mixin Place place,
      @Mixin CredentialOptions credentials,
      @Mixin TraitOptions traits,
      @Option(names = "--json", description = "Answer in JSON.") boolean json,
      @Parameters(paramLabel = "ID", description = "Letters, digits and . _ : @ -") String id)
      throws IOException {
    ObjectNode asked = named(id);
    traits.into(asked);
    credentials.into(asked);
    try (Admin admin = AdminClient.open(place.data())) {
      ObjectNode answer = admin.call("device.add", asked);
      if (json) {
        out().println(answer.toPrettyString());
        return Trivet.OK;
      }
      out().println("Device " + id + " was added.");
      JsonNode device = admin.call("device.show", named(id));
      new IssuedText(out(), Endpoints.of(admin, place), place.data()).print(answer, device);
    }
    return Trivet.OK;
  }

  @Command(
      name = "rotate",
      description = "Replace a device's credentials: those named, or all it has. The old ones end at once.",
      mixinStandardHelpOptions = true)
  int rotate(
      @Mixin Place place,
      @Mixin CredentialOptions credentials,
      @Option(names = "--json", description = "Answer in JSON.") boolean json,
      @Parameters(paramLabel = "ID") String id)
      throws IOException {
    ObjectNode asked = named(id);
    credentials.into(asked);
    try (Admin admin = AdminClient.open(place.data())) {
      ObjectNode answer = admin.call("device.rotate", asked);
      if (json) {
        out().println(answer.toPrettyString());
        return Trivet.OK;
      }
      out().println("Device " + id + " has new credentials; the old ones are no longer taken.");
      JsonNode device = admin.call("device.show", named(id));
      new IssuedText(out(), Endpoints.of(admin, place), place.data()).print(answer, device);
    }
    return Trivet.OK;
  }

  @Command(name = "list", description = "List all devices.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Place place, @Option(names = "--json", description = "Answer in JSON.") boolean json) {
    JsonNode devices = Ask.server(place, "device.list", Json.object()).path("devices");
    if (json) {
      out().println(devices.toPrettyString());
      return Trivet.OK;
    }
    Table table = new Table("DEVICE", "STATE", "CLIENT-ID", "GROUPS", "ATTRIBUTES", "CREDENTIALS");
    for (JsonNode d : devices) {
      table.row(d.path("id").asText(), d.path("state").asText(), d.path("client-id").asText(),
          joined(d.path("groups")), attributes(d.path("attributes")), kinds(d.path("credentials")));
    }
    table.print(out());
    return Trivet.OK;
  }

  @Command(name = "show", description = "Show one device.", mixinStandardHelpOptions = true)
  int show(
      @Mixin Place place,
      @Option(names = "--json", description = "Answer in JSON.") boolean json,
      @Parameters(paramLabel = "ID") String id) {
    JsonNode d = Ask.server(place, "device.show", named(id));
    if (json) {
      out().println(d.toPrettyString());
      return Trivet.OK;
    }
    out().println("device       " + d.path("id").asText());
    out().println("state        " + d.path("state").asText());
    out().println("client-id    " + d.path("client-id").asText());
    out().println("groups       " + joined(d.path("groups")));
    out().println("attributes   " + attributes(d.path("attributes")));
    for (JsonNode c : d.path("credentials")) {
      out().println("credential   " + c.asText());
    }
    out().println("created      " + d.path("created").asText());
    return Trivet.OK;
  }

  @Command(
      name = "set",
      description = "Change what is known of a device. It connects again with what it then may do.",
      mixinStandardHelpOptions = true)
  int set(@Mixin Place place, @Mixin TraitOptions traits, @Parameters(paramLabel = "ID") String id) {
    ObjectNode asked = named(id);
    traits.into(asked);
    if (asked.size() == 1) {
      throw new CommandFailed("nothing to change: give --attr, --group, --client-id or --outside-cert");
    }
    Ask.server(place, "device.set", asked);
    out().println("Device " + id + " was changed.");
    return Trivet.OK;
  }

  @Command(
      name = "block",
      description = "Refuse a device, and end its connections within a second.",
      mixinStandardHelpOptions = true)
  int block(@Mixin Place place, @Parameters(paramLabel = "ID") String id) {
    Ask.server(place, "device.block", named(id));
    out().println("Device " + id + " is blocked; 'trivet device unblock " + id + "' lets it in again.");
    return Trivet.OK;
  }

  @Command(name = "unblock", description = "Let a blocked device in again.", mixinStandardHelpOptions = true)
  int unblock(@Mixin Place place, @Parameters(paramLabel = "ID") String id) {
    Ask.server(place, "device.unblock", named(id));
    out().println("Device " + id + " may connect.");
    return Trivet.OK;
  }

  @Command(
      name = "remove",
      description = "Forget a device, end its connections and revoke its certificate.",
      mixinStandardHelpOptions = true)
  int remove(@Mixin Place place, @Parameters(paramLabel = "ID") String id) {
    Ask.server(place, "device.remove", named(id));
    out().println("Device " + id + " was removed.");
    return Trivet.OK;
  }

  private static String joined(JsonNode texts) {
    return String.join(",", texts(texts));
  }

  private static List<String> texts(JsonNode array) {
    return array instanceof ArrayNode a ? a.valueStream().map(JsonNode::asText).toList() : List.of();
  }

  private static String attributes(JsonNode object) {
    return String.join(" ",
        object.propertyStream().map(e -> e.getKey() + "=" + e.getValue().asText()).toList());
  }

  /// `password,psk,certificate`: the first word of each.
  private static String kinds(JsonNode credentials) {
    return String.join(",",
        texts(credentials).stream().map(c -> c.substring(0, (c + " ").indexOf(' '))).toList());
  }
}
