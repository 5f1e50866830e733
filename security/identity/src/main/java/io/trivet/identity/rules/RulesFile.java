package io.trivet.identity.rules;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads the rules: YAML of a fixed form, with limits; every refusal names line and column.
public final class RulesFile {
  private static final int BYTES_MAX = 4 << 20;
  private static final int RULES_MAX = 10_000;
  private static final int TOPICS_MAX = 1_000;
  private static final Set<String> RULE_KEYS =
      new TreeSet<>(Set.of("allow", "deny", "topic", "device", "group", "attributes", "anonymous"));

  private final JsonParser in;

  private RulesFile(JsonParser in) {
    this.in = in;
  }

  /// What a new server begins with.
  public static final String DEFAULT = """
      # Who may publish, subscribe and keep retained messages where. What no rule allows is denied; a deny rule wins
      # over every allow rule. `trivet reload` makes a change take effect without dropping a connection.
      #
      #   - allow: [publish, subscribe, deliver, retain]   or   deny: [...]
      #     topic: "ward/{attr.ward}/#"                    a filter, or a list of them; places: {device.id},
      #                                                    {client.id}, {attr.NAME}
      #     device: lamp-1                                 only this device
      #     group: operators                               only members of this group
      #     attributes: {role: nurse}                      only devices with these values
      #     anonymous: true                                peers without a credential, and only they
      #
      # subscribe includes the deliveries that follow; retain is needed beside publish for messages that are kept.
      version: 1
      rules:
        # A device speaks and listens below its own name.
        - allow: [publish, subscribe, retain]
          topic: "devices/{device.id}/#"

        # Operators speak with every device.
        - allow: [publish, subscribe, retain]
          group: operators
          topic: "devices/#"

        # Administrators see everything, and the server's statistics.
        - allow: [publish, subscribe, retain]
          group: admin
          topic: "#"
        - allow: [subscribe]
          group: admin
          topic: "$SYS/#"
      """;

  /// @throws IOException with file, line, column and what is wrong
  public static List<Rule> read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + ": larger than " + BYTES_MAX + " bytes");
    }
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException | java.nio.charset.CharacterCodingException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /// @throws IllegalArgumentException with line, column and what is wrong
  public static List<Rule> parse(String text) {
    YAMLFactory yaml = YAMLFactory.builder()
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNestingDepth(16).maxStringLength(65_536).maxDocumentLength(BYTES_MAX).build())
        .build();
    try (JsonParser in = yaml.createParser(text)) {
      return new RulesFile(in).document();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      var at = e.getLocation();
      throw new IllegalArgumentException(
          (at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
              + e.getOriginalMessage().lines().findFirst().orElse("no YAML"), e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
  }

  private IllegalArgumentException wrong(String what) {
    var at = in.currentTokenLocation();
    return new IllegalArgumentException("line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + what);
  }

  private List<Rule> document() throws IOException {
    expect(in.nextToken(), JsonToken.START_OBJECT, "give 'version: 1' and 'rules:'");
    boolean versioned = false;
    List<Rule> rules = new ArrayList<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      in.nextToken();
      switch (key) {
        case "version" -> {
          if (!in.getText().equals("1")) {
            throw wrong("version " + in.getText() + ": this server reads version 1");
          }
          versioned = true;
        }
        case "rules" -> rules(rules);
        default -> throw wrong("unknown key '" + key + "': give version or rules");
      }
    }
    if (!versioned) {
      throw new IllegalArgumentException("line 1, column 1: 'version: 1' is missing");
    }
    return rules;
  }

  private void expect(JsonToken found, JsonToken wanted, String help) {
    if (found != wanted) {
      throw wrong(help);
    }
  }

  private void rules(List<Rule> rules) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL) {
      return; // "rules:" with nothing below denies everything
    }
    expect(in.currentToken(), JsonToken.START_ARRAY, "rules: give a list");
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (rules.size() == RULES_MAX) {
        throw wrong("more than " + RULES_MAX + " rules");
      }
      rules.add(rule());
    }
  }

  private Rule rule() throws IOException {
    expect(in.currentToken(), JsonToken.START_OBJECT, "give a rule: allow or deny, and topic");
    int line = in.currentTokenLocation().getLineNr();
    Set<Action> actions = EnumSet.noneOf(Action.class);
    Optional<Boolean> allows = Optional.empty();
    List<Template> topics = new ArrayList<>();
    Optional<String> device = Optional.empty();
    Optional<String> group = Optional.empty();
    Map<String, String> attributes = new LinkedHashMap<>();
    boolean anonymous = false;
    Set<String> seen = new TreeSet<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      if (!seen.add(key)) {
        throw wrong("'" + key + "' stands there twice");
      }
      in.nextToken();
      switch (key) {
        case "allow", "deny" -> {
          if (allows.isPresent()) {
            throw wrong("a rule has allow or deny, not both");
          }
          allows = Optional.of(key.equals("allow"));
          for (String a : texts()) {
            actions.add(action(a));
          }
        }
        case "topic" -> {
          for (String t : texts()) {
            topics.add(template(t));
          }
        }
        case "device" -> device = Optional.of(scalar());
        case "group" -> group = Optional.of(scalar());
        case "attributes" -> attributes(attributes);
        case "anonymous" -> anonymous = flag();
        default -> throw wrong("unknown key '" + key + "': give " + String.join(", ", RULE_KEYS));
      }
    }
    if (allows.isEmpty() || actions.isEmpty() || topics.isEmpty()) {
      throw new IllegalArgumentException("line " + line + ": a rule needs allow or deny with an action, and topic");
    }
    return new Rule(allows.get(), actions, topics, device, group, attributes, anonymous, line);
  }

  private Action action(String name) {
    for (Action a : Action.values()) {
      if (a.toString().equals(name)) {
        return a;
      }
    }
    throw wrong("action '" + name + "': give publish, subscribe, deliver or retain");
  }

  private Template template(String text) {
    try {
      return new Template(text);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage() == null ? "no topic filter" : e.getMessage());
    }
  }

  private String scalar() throws IOException {
    if (!in.currentToken().isScalarValue() || in.currentToken() == JsonToken.VALUE_NULL) {
      throw wrong("give a text");
    }
    return in.getText();
  }

  private boolean flag() throws IOException {
    return switch (in.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw wrong("give true or false");
    };
  }

  private List<String> texts() throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      return List.of(scalar());
    }
    List<String> found = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (found.size() == TOPICS_MAX) {
        throw wrong("more than " + TOPICS_MAX + " in one list");
      }
      found.add(scalar());
    }
    return found;
  }

  private void attributes(Map<String, String> into) throws IOException {
    expect(in.currentToken(), JsonToken.START_OBJECT, "attributes: give NAME: value");
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      into.put(name, scalar());
    }
  }
}
