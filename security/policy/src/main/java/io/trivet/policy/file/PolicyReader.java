package io.trivet.policy.file;

import io.trivet.broker.TopicFilter;
import io.trivet.policy.EventKind;
import io.trivet.policy.Phase;
import io.trivet.policy.PolicyException;
import io.trivet.policy.Problem;
import io.trivet.policy.condition.Asked;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.Declared;
import io.trivet.policy.condition.ValueType;
import io.trivet.policy.condition.Vocabulary;
import io.trivet.policy.file.Node.Entry;
import io.trivet.policy.file.Node.Mapping;
import io.trivet.policy.file.Node.Scalar;
import io.trivet.policy.file.Node.Sequence;
import io.trivet.policy.index.TopicPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads a policy file. Whatever is wrong in one rule does not keep the others from being read, so that an
/// operator sees all of it at once.
public final class PolicyReader {
  private static final int RULES_MAX = 10_000;
  private static final int TOPICS_MAX = 100_000;
  private static final int DECLARED_MAX = 1_000;
  private static final int PARAMS_MAX = 32;
  private static final int PATH_MAX = 16;
  private static final int PROBLEMS_MAX = 20;
  private static final Set<String> KEYS = new TreeSet<>(
      Set.of("version", "default", "attributes", "classes", "context", "trust", "events", "templates", "rules"));

  private final String text;
  private final List<Problem> problems = new ArrayList<>();

  private PolicyReader(String text) {
    this.text = text;
  }

  /// @throws PolicyException with every problem found, at most 20
  public static PolicyFile read(String text) throws PolicyException {
    return new PolicyReader(text).read();
  }

  private PolicyFile read() throws PolicyException {
    try {
      Node root = YamlTree.parse(text);
      PolicyFile file = document(Fields.mapping(root, "give 'version: 1' and 'rules:'"));
      if (problems.isEmpty()) {
        return file;
      }
    } catch (Wrong w) {
      problem(w);
    }
    throw new PolicyException(problems);
  }

  private void problem(Wrong w) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(Problem.of(Problem.Severity.ERROR, text, w.at().line(), w.at().column(), w.what()));
    }
  }

  /// Reads one part; what is wrong in it is kept and the rest goes on.
  private void part(Runnable read) {
    try {
      read.run();
    } catch (Wrong w) {
      problem(w);
    }
  }

  private PolicyFile document(Mapping m) {
    Fields.known(m, KEYS);
    Node version = m.find("version").orElseThrow(() -> new Wrong(m.at(), "'version: 1' is missing"));
    if (!Fields.scalar(version).text().equals("1")) {
      throw new Wrong(version.at(), "version " + Fields.scalar(version).text() + ": this server reads version 1");
    }
    boolean allows = m.find("default")
        .map(n -> Fields.choice(n, "default", List.of("deny", "allow")).equals("allow")).orElse(false);
    Map<String, ValueType> attributes = new LinkedHashMap<>();
    each(m, "attributes", e -> attributes.put(single(e.key()), type(e.value(), List.of(ValueType.values()))));
    List<Sources.DataClass> classes = new ArrayList<>();
    each(m, "classes", e -> classes.add(new Sources.DataClass(
        RuleReader.topics(e.key(), Map.of()).getFirst(),
        Fields.texts(e.value()).stream().map(s -> Fields.name(s, "class")).toList())));
    Map<String, Sources.Context> context = new LinkedHashMap<>();
    each(m, "context", e -> context.put(e.key().text(), context(e)));
    Map<String, Sources.Trust> trust = new LinkedHashMap<>();
    each(m, "trust", e -> trust.put(e.key().text(), trust(e)));

    Map<String, ValueType> contextTypes = new LinkedHashMap<>();
    context.forEach((name, c) -> contextTypes.put(name, c.type()));
    Set<String> events = new TreeSet<>();
    each(m, "events", e -> events.add(Fields.name(e.key(), "event")));
    Declared declared = new Declared(attributes, contextTypes, trust.keySet(), events);
    Vocabulary vocabulary = new Vocabulary(declared);
    List<Sources.Counted> counted = new ArrayList<>();
    each(m, "events", e -> counted.add(counted(e, vocabulary)));

    Map<String, RuleReader.Template> templates = new LinkedHashMap<>();
    each(m, "templates", e -> templates.put(Fields.name(e.key(), "template"), template(e)));
    RuleReader reader = new RuleReader(vocabulary, trust.keySet(), templates);
    templates.values().forEach(t -> part(() -> reader.check(t)));
    List<Rule> rules = problems.isEmpty() || templates.isEmpty() ? rules(m, reader) : List.of();
    for (Sources.Counted c : counted) {
      if (vocabulary.asked().greatest(c.name()) > Asked.NUMBER_MAX) {
        problem(new Wrong(c.at(), "a rule compares a count of '" + c.name() + "' with "
            + vocabulary.asked().greatest(c.name()) + "; at most " + Asked.NUMBER_MAX + " can be told apart"));
      }
    }
    return new PolicyFile(text, allows, declared,
        new Sources(classes, List.copyOf(context.values()), List.copyOf(trust.values()), counted),
        vocabulary.asked(), rules);
  }

  private void each(Mapping m, String key, java.util.function.Consumer<Entry> read) {
    Optional<Node> n = m.find(key);
    if (n.isEmpty()) {
      return;
    }
    Mapping all = Fields.mapping(n.get(), key + ": give NAME: value");
    if (all.entries().size() > DECLARED_MAX) {
      throw new Wrong(all.at(), key + ": more than " + DECLARED_MAX);
    }
    all.entries().forEach(e -> part(() -> read.accept(e)));
  }

  private static String single(Scalar key) {
    String name = Fields.identifier(key, "attribute");
    if (name.indexOf('.') >= 0) {
      throw new Wrong(key.at(), "attribute: '" + name + "' has a dot, which conditions could not read");
    }
    return name;
  }

  private static ValueType type(Node n, List<ValueType> possible) {
    Scalar s = Fields.scalar(n);
    return ValueType.of(s.text()).filter(possible::contains).orElseThrow(() -> new Wrong(s.at(),
        Fields.unknown("type", s.text(), possible.stream().map(ValueType::toString).toList())));
  }

  private static Sources.Context context(Entry e) {
    String name = Fields.identifier(e.key(), "context");
    Mapping m = Fields.mapping(e.value(), "context: give {from: topic, topic: ..., type: ...}");
    Fields.known(m, List.of("from", "topic", "path", "type", "stale", "on_stale"));
    m.find("from").ifPresent(n -> Fields.choice(n, "from", List.of("topic")));
    ValueType type = type(m.find("type").orElseThrow(() -> new Wrong(m.at(), "'type' is missing")),
        List.of(ValueType.STRING, ValueType.INT, ValueType.DOUBLE, ValueType.BOOL));
    Node topic = m.find("topic").orElseThrow(() -> new Wrong(m.at(), "'topic' is missing"));
    TopicPattern pattern = RuleReader.topics(topic, Map.of()).getFirst();
    if (pattern.hasPlaces()) {
      throw new Wrong(topic.at(), "the topic of a context attribute holds no places");
    }
    Optional<Duration> stale = m.find("stale").map(n -> Fields.duration(n, "stale"));
    Optional<Object> otherwise = m.find("on_stale").map(Fields::scalar).filter(s -> !s.text().equals("deny"))
        .map(s -> type.parse(s.text()).orElseThrow(
            () -> new Wrong(s.at(), "on_stale: give deny, or a value of type " + type)));
    return new Sources.Context(name, type, TopicFilter.of(pattern.toString()),
        m.find("path").map(PolicyReader::path).orElse(List.of()), stale, otherwise);
  }

  private static List<String> path(Node n) {
    Scalar s = Fields.scalar(n);
    List<String> names = List.of(s.text().split("\\.", -1));
    if (names.size() > PATH_MAX || names.contains("")) {
      throw new Wrong(s.at(), "path: give at most " + PATH_MAX + " names of members joined by dots");
    }
    return names;
  }

  private static Sources.Trust trust(Entry e) {
    String aspect = Fields.identifier(e.key(), "trust");
    Mapping m = Fields.mapping(e.value(), "trust: give {mtls: 0.9, ..., half_life: 30d}");
    Map<String, Double> initial = new LinkedHashMap<>();
    for (Entry v : m.entries()) {
      if (!v.key().text().equals("half_life")) {
        initial.put(Fields.name(v.key(), "trust"), Fields.number(v.value(), v.key().text(), 0, 1));
      }
    }
    return new Sources.Trust(aspect, initial, m.find("half_life").map(n -> Fields.duration(n, "half_life")));
  }

  private static Sources.Counted counted(Entry e, Vocabulary vocabulary) {
    Mapping m = Fields.mapping(e.value(), "event: give {on: actual.publish, topic: ..., key: subject.id}");
    Fields.known(m, List.of("on", "topic", "when", "key"));
    Scalar onText = Fields.scalar(m.find("on").orElseThrow(() -> new Wrong(m.at(), "'on' is missing")));
    On on = RuleReader.on(onText);
    if (on.phase() == Phase.ACTUAL && on.kind() == EventKind.AUTHENTICATION_FAILED && m.find("topic").isPresent()) {
      throw new Wrong(m.at(), "a failed authentication has no topic");
    }
    List<TopicPattern> topics = m.find("topic").map(n -> RuleReader.topics(n, Map.of())).orElse(List.of());
    Optional<Condition> when = m.find("when").map(Fields::scalar)
        .map(s -> RuleReader.compiled(s, vocabulary.condition(s.text(), Map.of())));
    Scalar key = m.find("key").map(Fields::scalar)
        .orElseThrow(() -> new Wrong(m.at(), "'key' is missing: say by what to count, such as subject.id"));
    return new Sources.Counted(e.key().text(), on, topics, when,
        RuleReader.compiled(key, vocabulary.expression(key.text(), Map.of())), e.key().at());
  }

  private static RuleReader.Template template(Entry e) {
    Mapping m = Fields.mapping(e.value(), "template: give {params: ..., on: ..., then: ...}");
    Set<String> keys = new TreeSet<>(RuleReader.BODY);
    keys.add("params");
    Fields.known(m, keys);
    Map<String, ValueType> params = new LinkedHashMap<>();
    m.find("params").ifPresent(n -> {
      for (Entry p : Fields.mapping(n, "params: give NAME: type").entries()) {
        if (params.size() == PARAMS_MAX) {
          throw new Wrong(p.key().at(), "more than " + PARAMS_MAX + " parameters");
        }
        params.put(single(p.key()), type(p.value(), List.of(ValueType.values())));
      }
    });
    return new RuleReader.Template(e.key().text(), Map.copyOf(params), m, e.key().at());
  }

  private List<Rule> rules(Mapping m, RuleReader reader) {
    Optional<Node> n = m.find("rules");
    if (n.isEmpty() || n.get() instanceof Scalar s && s.isNothing()) {
      return List.of(); // "rules:" with nothing below leaves it to the default
    }
    if (!(n.get() instanceof Sequence all)) {
      throw new Wrong(n.get().at(), "rules: give a list");
    }
    if (all.items().size() > RULES_MAX) {
      throw new Wrong(all.items().get(RULES_MAX).at(), "more than " + RULES_MAX + " rules");
    }
    List<Rule> rules = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    int[] topics = {0};
    for (Node item : all.items()) {
      part(() -> {
        if (item instanceof Mapping rule) {
          rule.find("id").ifPresent(id -> {
            if (!ids.add(Fields.name(id, "id"))) {
              throw new Wrong(id.at(), "id '" + Fields.name(id, "id") + "' stands there twice");
            }
          });
        }
        Rule r = reader.read(item, rules.size());
        topics[0] += r.topics().size();
        if (topics[0] > TOPICS_MAX) {
          throw new Wrong(item.at(), "more than " + TOPICS_MAX + " topics in all rules");
        }
        rules.add(r);
      });
    }
    return rules;
  }
}
