package io.trivet.identity.rules;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.trivet.base.Parsed;
import io.trivet.identity.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Reads the rules: YAML of a fixed form, with limits; every refusal names line and column.
public final class RulesFile {
  private static final int BYTES_MAX = 4 << 20;
  private static final int RULES_MAX = 10_000;
  private static final int TOPICS_MAX = 1_000;
  private static final Set<String> RULE_KEYS =
      new TreeSet<>(Set.of("allow", "deny", "topic", "device", "group", "attributes", "anonymous"));

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");

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
      # A rule without device, group, attributes or anonymous is about every device. subscribe includes the deliveries
      # that follow; retain is needed beside publish for messages that are kept. A value that is missing, or holds
      # + # or /, makes an allow rule not apply. Group admin always sees the server's statistics, $SYS/#.
      version: 1
      rules:
        # A device speaks and listens below its own name.
        - allow: [publish, subscribe, retain]
          topic: "devices/{device.id}/#"

        # Operators speak with every device.
        - allow: [publish, subscribe, retain]
          group: operators
          topic: "devices/#"

        # The keys of messages that are sealed end to end: a sender's own, and for everybody to fetch, since a key
        # opens for those readers alone whom its sender meant.
        - allow: [publish, retain]
          topic: "smqtt/keys/{device.id}/+"
        - allow: [subscribe]
          topic: "smqtt/keys/#"

        # Administrators see everything.
        - allow: [publish, subscribe, retain]
          group: admin
          topic: "#"
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
    Set<String> keys = new TreeSet<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String key = in.currentName();
      if (!keys.add(key)) {
        throw wrong("'" + key + "' stands there twice");
      }
      in.nextToken();
      switch (key) {
        case "version" -> {
          String version = scalar();
          if (!version.equals("1")) {
            throw wrong("version " + version + ": this server reads version 1");
          }
          versioned = true;
        }
        case "rules" -> rules(rules);
        default -> throw wrong(unknown(key, Set.of("version", "rules")));
      }
    }
    if (in.nextToken() != null) {
      throw wrong("a second document: give one");
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
    if (in.currentToken() == JsonToken.VALUE_NULL
        || in.currentToken() == JsonToken.VALUE_STRING && in.getText().isEmpty()) {
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
        case "device" -> device = Optional.of(device());
        case "group" -> group = Optional.of(named("group"));
        case "attributes" -> attributes(attributes);
        case "anonymous" -> anonymous = flag();
        default -> throw wrong(unknown(key, RULE_KEYS));
      }
    }
    if (allows.isEmpty() || actions.isEmpty() || topics.isEmpty()) {
      throw new IllegalArgumentException("line " + line + ": a rule needs allow or deny with an action, and topic");
    }
    if (anonymous && (device.isPresent() || group.isPresent() || !attributes.isEmpty())) {
      throw new IllegalArgumentException("line " + line
          + ": peers without a credential have no device, group or attributes; leave out 'anonymous' or the others");
    }
    if (seen.contains("anonymous") && !anonymous) {
      throw new IllegalArgumentException("line " + line + ": leave out 'anonymous: false', which says nothing");
    }
    for (Template t : topics) {
      if (t.text().startsWith("$") && (t.text().indexOf('+') >= 0 || t.text().indexOf('#') >= 0)
          && allows.get() && (actions.contains(Action.PUBLISH) || actions.contains(Action.RETAIN))) {
        throw new IllegalArgumentException("line " + line + ": topic " + t.text()
            + ": to publish below $ name the whole topic, without wildcards");
      }
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

  private String device() throws IOException {
    String id = scalar();
    if (!(DeviceId.parse(id) instanceof Parsed.Valid<DeviceId>)) {
      throw wrong("device: '" + id + "' is no device id");
    }
    return id;
  }

  private String named(String what) throws IOException {
    String name = scalar();
    if (!NAME.matcher(name).matches()) {
      throw wrong(what + ": '" + name + "' is no name: give a letter, then letters, digits, _ . -");
    }
    return name;
  }

  /// @param known never empty
  private static String unknown(String key, Set<String> known) {
    String nearest = Collections.min(known, Comparator.comparingInt(k -> distance(key, k)));
    return "unknown key '" + key + "'" + (distance(key, nearest) <= 3 ? ", did you mean '" + nearest + "'?" : "")
        + " There are " + String.join(", ", new TreeSet<>(known));
  }

  /// How many characters to add, drop or replace (Levenshtein); long keys are cut, since they are near none of ours.
  private static int distance(String a, String b) {
    String s = a.length() > 32 ? a.substring(0, 32) : a;
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= s.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (s.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private String scalar() throws IOException {
    if (in instanceof YAMLParser y && y.isCurrentAlias()) {
      throw wrong("aliases (*name) are not followed; write the value out");
    }
    if (!in.currentToken().isScalarValue() || in.currentToken() == JsonToken.VALUE_NULL || in.getText().isEmpty()) {
      throw wrong("give a text; quote one that begins with # or *");
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
      if (!NAME.matcher(name).matches()) {
        throw wrong("attributes: '" + name + "' is no name: give a letter, then letters, digits, _ . -");
      }
      if (into.put(name, scalar()) != null) {
        throw wrong("attributes: '" + name + "' stands there twice");
      }
    }
    if (into.isEmpty()) {
      throw wrong("attributes: give at least one, or leave the key out for every device");
    }
  }
}
