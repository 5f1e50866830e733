package io.trivet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What is known of a device, and what rules may speak of.
final class TraitOptions {
  @Option(
      names = "--attr",
      paramLabel = "NAME=VALUE",
      mapFallbackValue = "",
      description = "An attribute, such as ward=7; an empty value drops it. May be repeated.")
  private Map<String, String> attributes = new LinkedHashMap<>();

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      split = ",",
      description = "Its groups, such as operators, replacing those before. May be repeated.")
  private @Nullable List<String> groups;

  @Option(
      names = "--client-id",
      paramLabel = "RULE",
      description = "Which client identifiers it may use: same, prefix or any.")
  private @Nullable String clientId;

  @Option(
      names = "--outside-cert",
      paramLabel = "FIELD=VALUE",
      description = "Know it by a certificate of an outside authority: subject=..., cn=..., dns=... or uri=...")
  private @Nullable String outside;

  void into(ObjectNode asked) {
    if (!attributes.isEmpty()) {
      ObjectNode a = asked.putObject("attributes");
      attributes.forEach(a::put);
    }
    if (groups != null) {
      ArrayNode g = asked.putArray("groups");
      groups.stream().filter(n -> !n.isEmpty()).forEach(g::add);
    }
    if (clientId != null) {
      asked.put("client-id", clientId);
    }
    if (outside != null) {
      int equals = outside.indexOf('=');
      if (equals < 1) {
        throw new CommandFailed("--outside-cert " + outside + ": give FIELD=VALUE, such as cn=lamp-1");
      }
      asked.putObject("outside").put("field", outside.substring(0, equals)).put("value", outside.substring(equals + 1));
    }
  }
}
