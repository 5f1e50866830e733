package io.trivet.policy.file;

import io.trivet.base.Parsed;
import io.trivet.policy.EventKind;
import io.trivet.policy.Phase;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.ValueType;
import io.trivet.policy.condition.Vocabulary;
import io.trivet.policy.file.Node.Entry;
import io.trivet.policy.file.Node.Mapping;
import io.trivet.policy.file.Node.Scalar;
import io.trivet.policy.index.TopicPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Reads one rule: written out, made from a template, or a line of an access list (`allow: [publish], topic:
/// ...`), which means what it has always meant.
final class RuleReader {
  private static final Set<String> ACCESS =
      Set.of("allow", "deny", "topic", "device", "group", "attributes", "anonymous");
  static final Set<String> BODY =
      Set.of("on", "topic", "device", "group", "attributes", "anonymous", "when", "then");
  private static final Map<String, Set<On>> ACTIONS = Map.of(
      "publish", Set.of(tentative(EventKind.PUBLISH)),
      "retain", Set.of(tentative(EventKind.RETAIN)),
      "deliver", Set.of(tentative(EventKind.DELIVER)),
      // Whoever may subscribe may receive what comes of it.
      "subscribe", Set.of(tentative(EventKind.SUBSCRIBE), tentative(EventKind.DELIVER)));

  private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}");

  private static final Set<EventKind> DELAYABLE =
      EnumSet.of(EventKind.PUBLISH, EventKind.RETAIN, EventKind.COAP_PUT, EventKind.COAP_POST);
  private static final Set<EventKind> MODIFIABLE = EnumSet.of(EventKind.PUBLISH, EventKind.DELIVER, EventKind.WILL,
      EventKind.RETAIN, EventKind.COAP_PUT, EventKind.COAP_POST, EventKind.COAP_PATCH, EventKind.COAP_IPATCH);

  private final Vocabulary vocabulary;
  private final Set<String> aspects;
  private final Map<String, Template> templates;

  /// @param body a rule whose topics and conditions name parameters
  record Template(String name, Map<String, ValueType> params, Mapping body, Mark at) {}

  RuleReader(Vocabulary vocabulary, Set<String> aspects, Map<String, Template> templates) {
    this.vocabulary = vocabulary;
    this.aspects = aspects;
    this.templates = templates;
  }

  private static On tentative(EventKind kind) {
    return new On(Phase.TENTATIVE, kind);
  }

  static Condition compiled(Scalar s, Parsed<Condition> result) {
    return switch (result) {
      case Parsed.Valid<Condition>(Condition c) -> c;
      case Parsed.Invalid<Condition>(String place, String what) -> {
        int colon = place.indexOf(':');
        throw new Wrong(s.at(Integer.parseInt(place, 0, colon, 10),
            Integer.parseInt(place, colon + 1, place.length(), 10)), what);
      }
    };
  }

  Rule read(Node n, int order) {
    if (!(n instanceof Mapping m) || m.entries().isEmpty()) {
      throw new Wrong(n.at(), "give a rule: on, topic, when and then; or allow or deny, and topic");
    }
    if (m.find("use").isPresent() || m.find("with").isPresent()) {
      return made(m, order);
    }
    if (m.find("then").isPresent() || m.find("on").isPresent() || m.find("when").isPresent()
        || m.find("id").isPresent()) {
      Set<String> keys = new TreeSet<>(BODY);
      keys.add("id");
      Fields.known(m, keys);
      return written(m, name(m), order, m.at(), Map.of(), Map.of());
    }
    Fields.known(m, ACCESS);
    return access(m, order);
  }

  private static String name(Mapping m) {
    String line = "line " + m.at().line();
    return m.find("id").map(n -> "rule '" + Fields.name(n, "id") + "', " + line).orElse("rules " + line);
  }

  /// Reads a template once as if each parameter were there, so that what is wrong in it shows even where
  /// nobody uses it, and once only.
  void check(Template t) {
    Map<String, String> texts = new LinkedHashMap<>();
    t.params().keySet().forEach(p -> texts.put(p, "x"));
    written(t.body(), "template '" + t.name() + "'", 0, t.at(), Map.of(), texts, t.params());
  }

  private Rule made(Mapping m, int order) {
    Fields.known(m, List.of("id", "use", "with"));
    Scalar use = Fields.scalar(m.find("use").orElseThrow(() -> new Wrong(m.at(), "'use' is missing: name a template")));
    Template t = templates.get(use.text());
    if (t == null) {
      throw new Wrong(use.at(), templates.isEmpty() ? "no template '" + use.text() + "': the file declares none"
          : Fields.unknown("template", use.text(), templates.keySet()));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> texts = new LinkedHashMap<>();
    Mapping with = m.find("with").map(n -> Fields.mapping(n, "with: give {parameter: value}"))
        .orElse(new Mapping(List.of(), m.at()));
    for (Entry e : with.entries()) {
      String param = e.key().text();
      ValueType type = t.params().get(param);
      if (type == null) {
        throw new Wrong(e.key().at(), t.params().isEmpty() ? "template '" + t.name() + "' takes no parameters"
            : Fields.unknown("parameter", param, t.params().keySet()));
      }
      String text = e.value() instanceof Node.Sequence && type == ValueType.STRINGS
          ? String.join(",", Fields.texts(e.value()).stream().map(Scalar::text).toList()) : Fields.scalar(e.value()).text();
      values.put(param, type.parse(text)
          .orElseThrow(() -> new Wrong(e.value().at(), "parameter " + param + ": '" + text + "' is no " + type)));
      texts.put(param, text);
    }
    for (String param : t.params().keySet()) {
      if (!values.containsKey(param)) {
        throw new Wrong(with.at(), "template '" + t.name() + "' needs parameter '" + param + "'");
      }
    }
    return written(t.body(), name(m), order, m.at(), values, texts, t.params());
  }

  private Rule written(
      Mapping m, String name, int order, Mark at, Map<String, Object> values, Map<String, String> texts) {
    return written(m, name, order, at, values, texts, Map.of());
  }

  private Rule written(
      Mapping m,
      String name,
      int order,
      Mark at,
      Map<String, Object> values,
      Map<String, String> texts,
      Map<String, ValueType> params) {
    Node on = m.find("on").orElseThrow(() -> new Wrong(m.at(), "'on' is missing: name an event, such as publish"));
    Set<On> events = new LinkedHashSet<>();
    Fields.texts(on).forEach(s -> events.add(on(s)));
    if (events.isEmpty()) {
      throw new Wrong(on.at(), "on: name at least one event");
    }
    List<TopicPattern> topics = m.find("topic").map(n -> topics(n, texts)).orElse(List.of());
    if (m.find("topic").isPresent() && topics.isEmpty()) {
      throw new Wrong(m.at(), "topic: give at least one, or leave the key out for every topic");
    }
    Optional<Condition> when = m.find("when").map(Fields::scalar)
        .map(s -> compiled(s, vocabulary.condition(s.text(), params)));
    Node then = m.find("then").orElseThrow(() -> new Wrong(m.at(), "'then' is missing: say allow, deny, ..."));
    List<Action> actions = new ActionReader(vocabulary, params, aspects, name).read(then);
    boolean reacts = actions.stream().allMatch(Action.Execute.class::isInstance);
    if (!reacts && events.stream().anyMatch(e -> e.phase() == Phase.ACTUAL)) {
      throw new Wrong(then.at(), "what has happened can only be reacted to: give execute, or ask for tentative events");
    }
    possible(then, actions, events);
    boolean allows = actions.stream().anyMatch(Action.Allow.class::isInstance);
    if (allows) {
      noWildcardBelowReserved(m, topics, events);
    }
    Mark topicAt = m.find("topic").map(Node::at).orElse(at);
    Mark whenAt = m.find("when").map(Node::at).orElse(at);
    return new Rule(name, order, at, topicAt, whenAt, events, topics, who(m, allows), when, values, actions, false);
  }

  /// What carries no payload cannot be modified, and only a publisher can be kept waiting.
  private static void possible(Node then, List<Action> actions, Set<On> events) {
    for (Action a : actions) {
      Set<EventKind> kinds = a instanceof Action.Modify ? MODIFIABLE : a instanceof Action.Delay ? DELAYABLE
          : EnumSet.allOf(EventKind.class);
      for (On on : events) {
        if (!kinds.contains(on.kind())) {
          throw new Wrong(then.at(), "then: " + on.kind() + " cannot be " + (a instanceof Action.Modify ? "modified"
              : "delayed") + "; that goes for " + String.join(", ", kinds.stream().map(EventKind::toString).toList()));
        }
      }
    }
  }

  static On on(Scalar s) {
    String text = s.text();
    Phase phase = text.startsWith("actual.") ? Phase.ACTUAL : Phase.TENTATIVE;
    String kind = text.startsWith("actual.") || text.startsWith("tentative.")
        ? text.substring(text.indexOf('.') + 1) : text;
    return new On(phase, EventKind.of(kind).orElseThrow(() -> new Wrong(s.at(),
        Fields.unknown("event", kind, Arrays.stream(EventKind.values()).map(EventKind::toString).toList()))));
  }

  static List<TopicPattern> topics(Node n, Map<String, String> params) {
    List<TopicPattern> found = new ArrayList<>();
    for (Scalar s : Fields.texts(n)) {
      String text = s.text();
      for (Map.Entry<String, String> p : params.entrySet()) {
        String place = "${" + p.getKey() + "}";
        if (text.contains(place)) {
          String v = p.getValue();
          if (v.isEmpty() || v.indexOf('+') >= 0 || v.indexOf('#') >= 0 || v.indexOf('/') >= 0 || v.indexOf('{') >= 0
              || v.indexOf('}') >= 0 || text.startsWith(place) && v.startsWith("$")) {
            throw new Wrong(s.at(), "parameter " + p.getKey() + ": '" + v + "' does not fit into a level of a topic");
          }
          text = text.replace(place, v);
        }
      }
      found.add(pattern(s, TopicPattern.parse(text)));
    }
    return found;
  }

  private static TopicPattern pattern(Scalar s, Parsed<TopicPattern> result) {
    return switch (result) {
      case Parsed.Valid<TopicPattern>(TopicPattern p) -> p;
      case Parsed.Invalid<TopicPattern>(String _, String what) -> throw new Wrong(s.at(), what);
    };
  }

  private static void noWildcardBelowReserved(Mapping m, List<TopicPattern> topics, Set<On> on) {
    boolean publishes = on.contains(tentative(EventKind.PUBLISH)) || on.contains(tentative(EventKind.RETAIN));
    for (TopicPattern t : topics) {
      String text = t.toString();
      if (publishes && text.startsWith("$") && !text.startsWith("${") && (text.contains("+") || text.contains("#"))) {
        throw new Wrong(m.at(), "topic " + t + ": to publish below $ name the whole topic, without wildcards");
      }
    }
  }

  private static Who who(Mapping m, boolean allows) {
    Optional<String> device = m.find("device").map(n -> device(Fields.scalar(n)));
    Optional<String> group = m.find("group").map(n -> Fields.name(n, "group"));
    Map<String, String> attributes = new LinkedHashMap<>();
    m.find("attributes").ifPresent(n -> {
      for (Entry e : Fields.mapping(n, "attributes: give NAME: value").entries()) {
        attributes.put(Fields.name(e.key(), "attributes"), Fields.scalar(e.value()).text());
      }
      if (attributes.isEmpty()) {
        throw new Wrong(n.at(), "attributes: give at least one, or leave the key out for every device");
      }
    });
    boolean anonymous = m.find("anonymous").map(Fields::flag).orElse(false);
    if (anonymous && (device.isPresent() || group.isPresent() || !attributes.isEmpty())) {
      throw new Wrong(m.at(),
          "peers without a credential have no device, group or attributes; leave out 'anonymous' or the others");
    }
    if (m.find("anonymous").isPresent() && !anonymous) {
      throw new Wrong(m.at(), "leave out 'anonymous: false', which says nothing");
    }
    return new Who(device, group, attributes, anonymous, allows);
  }

  /// As devices may be called: see the registry.
  private static String device(Scalar s) {
    if (!DEVICE.matcher(s.text()).matches()) {
      throw new Wrong(s.at(), "device: '" + s.text() + "' is no device id");
    }
    return s.text();
  }

  private Rule access(Mapping m, int order) {
    Optional<Node> allow = m.find("allow");
    Optional<Node> deny = m.find("deny");
    if (allow.isPresent() && deny.isPresent()) {
      throw new Wrong(deny.get().at(), "a rule has allow or deny, not both");
    }
    boolean allows = allow.isPresent();
    Set<On> on = new LinkedHashSet<>();
    for (Scalar s : allow.or(() -> deny).map(Fields::texts).orElse(List.of())) {
      Set<On> events = ACTIONS.get(s.text());
      if (events == null) {
        throw new Wrong(s.at(), "action '" + s.text() + "': give publish, subscribe, deliver or retain");
      }
      on.addAll(events);
    }
    List<TopicPattern> topics = new ArrayList<>();
    m.find("topic").ifPresent(n -> Fields.texts(n)
        .forEach(s -> topics.add(pattern(s, TopicPattern.parseAccess(s.text())))));
    if (on.isEmpty() || topics.isEmpty()) {
      throw new Wrong(m.at(), "a rule needs allow or deny with an action, and topic");
    }
    Who who = who(m, allows);
    if (allows) {
      noWildcardsBelowReserved(m, topics, on);
    }
    List<Action> then = List.of(allows ? new Action.Allow() : new Action.Deny(0x87, ""));
    return new Rule("rules line " + m.at().line(), order, m.at(), m.find("topic").map(Node::at).orElse(m.at()), m.at(),
        on, topics, who, Optional.empty(), Map.of(), then, true);
  }

  /// Here `${device.id}` is a dollar sign and a place, so any text that begins with a dollar sign is meant.
  private static void noWildcardsBelowReserved(Mapping m, List<TopicPattern> topics, Set<On> on) {
    boolean publishes = on.contains(tentative(EventKind.PUBLISH)) || on.contains(tentative(EventKind.RETAIN));
    for (TopicPattern t : topics) {
      String text = t.toString();
      if (publishes && text.startsWith("$") && (text.indexOf('+') >= 0 || text.indexOf('#') >= 0)) {
        throw new Wrong(m.at(), "topic " + t + ": to publish below $ name the whole topic, without wildcards");
      }
    }
  }
}
