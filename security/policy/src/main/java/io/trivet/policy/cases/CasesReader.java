package io.trivet.policy.cases;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.policy.EventKind;
import io.trivet.policy.Peer;
import io.trivet.policy.cases.Case.Step;
import io.trivet.policy.condition.Declared;
import io.trivet.policy.condition.ValueType;
import io.trivet.policy.file.Fields;
import io.trivet.policy.file.Node;
import io.trivet.policy.file.Node.Entry;
import io.trivet.policy.file.Node.Mapping;
import io.trivet.policy.file.Node.Scalar;
import io.trivet.policy.file.Node.Sequence;
import io.trivet.policy.file.Wrong;
import io.trivet.policy.file.YamlTree;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads a file of cases.
final class CasesReader {
  private static final int CASES_MAX = 1_000;
  private static final int STEPS_MAX = 1_000;
  private static final int TIMES_MAX = 10_000;
  private static final int TIMES_ALL_MAX = 100_000;

  /// Noon of a working day, for cases that do not care.
  private static final long START = 1_767_614_400_000L;

  private static final List<String> VERDICTS = List.of("allow", "deny", "modify", "delay");
  private static final List<String> EXECUTIONS = List.of("publish", "ban", "disconnect", "webhook", "raise");
  private static final Set<String> DO = Set.of("do", "by", "client", "topic", "payload", "qos", "retain", "content_type",
      "user", "peer", "times", "expect", "rule", "execute");

  private final Declared declared;
  private final Map<String, Principal> subjects = new LinkedHashMap<>();
  private int timesAll;

  private CasesReader(Declared declared) {
    this.declared = declared;
  }

  /// @throws Wrong with the place
  static List<Case> read(String text, Declared declared) {
    return new CasesReader(declared).document(Fields.mapping(YamlTree.parse(text), "give 'cases:'"));
  }

  private List<Case> document(Mapping m) {
    Fields.known(m, List.of("version", "subjects", "cases"));
    m.find("version").ifPresent(n -> Fields.choice(n, "version", List.of("1")));
    m.find("subjects").ifPresent(n -> Fields.mapping(n, "subjects: give NAME: {roles: ..., attr: ...}").entries()
        .forEach(e -> subjects.put(e.key().text(), subject(e))));
    Node cases = m.find("cases").orElseThrow(() -> new Wrong(m.at(), "'cases' is missing"));
    if (!(cases instanceof Sequence all) || all.items().isEmpty() || all.items().size() > CASES_MAX) {
      throw new Wrong(cases.at(), "cases: give a list of 1 to " + CASES_MAX);
    }
    List<Case> found = new ArrayList<>();
    all.items().forEach(n -> found.add(one(Fields.mapping(n, "give a case: name, and steps or do"))));
    return found;
  }

  private static Principal subject(Entry e) {
    Mapping m = Fields.mapping(e.value(), "subject: give {roles: [...], attr: {...}}");
    Fields.known(m, List.of("roles", "attr"));
    Map<String, String> attributes = new LinkedHashMap<>();
    m.find("attr").ifPresent(n -> Fields.mapping(n, "attr: give NAME: value").entries()
        .forEach(a -> attributes.put(a.key().text(), Fields.scalar(a.value()).text())));
    Set<String> roles = m.find("roles").map(Fields::texts).orElse(List.of()).stream().map(Scalar::text)
        .collect(Collectors.toSet());
    return new Principal(e.key().text(), attributes, roles, 1);
  }

  private Case one(Mapping m) {
    List<String> keys = new ArrayList<>(DO);
    keys.addAll(List.of("name", "at", "given", "steps"));
    Fields.known(m, keys);
    String name = Fields.scalar(m.find("name").orElseThrow(() -> new Wrong(m.at(), "'name' is missing"))).text();
    long start = m.find("at").map(CasesReader::time).orElse(START);
    List<Step> steps = new ArrayList<>();
    m.find("given").ifPresent(n -> steps.add(given(n)));
    Optional<Node> more = m.find("steps");
    if (more.isPresent() == m.find("do").isPresent()) {
      throw new Wrong(m.at(), "a case has either steps, or what to do");
    }
    if (more.isEmpty()) {
      steps.add(act(m));
    } else if (more.get() instanceof Sequence all && all.items().size() <= STEPS_MAX) {
      all.items().forEach(n -> steps.add(step(Fields.mapping(n, "give a step: do, wait or given"))));
    } else {
      throw new Wrong(more.get().at(), "steps: give a list of at most " + STEPS_MAX);
    }
    return new Case(name, m.at(), start, steps);
  }

  private static long time(Node n) {
    Scalar s = Fields.scalar(n);
    try {
      return OffsetDateTime.parse(s.text()).toInstant().toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException _) {
      throw new Wrong(s.at(), "at: give a time such as \"2026-11-23T21:00:00+01:00\", in quotes");
    }
  }

  private Step step(Mapping m) {
    if (m.find("wait").isPresent()) {
      Fields.known(m, List.of("wait"));
      Duration time = m.find("wait").map(n -> Fields.duration(n, "wait")).orElseThrow();
      return new Step.Wait(time);
    }
    if (m.find("given").isPresent()) {
      Fields.known(m, List.of("given"));
      return given(m.find("given").orElseThrow());
    }
    Fields.known(m, DO);
    return act(m);
  }

  private Step.Given given(Node n) {
    Mapping m = Fields.mapping(n, "given: give {context: ..., trust: ..., risk: ...}");
    Fields.known(m, List.of("context", "trust", "risk"));
    Map<String, Object> context = new LinkedHashMap<>();
    m.find("context").ifPresent(c -> Fields.mapping(c, "context: give NAME: value").entries().forEach(e -> {
      ValueType type = declared.context().get(e.key().text());
      if (type == null) {
        throw new Wrong(e.key().at(), "the policy declares no context attribute '" + e.key().text() + "'");
      }
      Scalar s = Fields.scalar(e.value());
      context.put(e.key().text(), type.parse(s.text())
          .orElseThrow(() -> new Wrong(s.at(), "'" + s.text() + "' is no " + type)));
    }));
    Map<String, Double> trust = new LinkedHashMap<>();
    m.find("trust").ifPresent(c -> Fields.mapping(c, "trust: give ASPECT: level").entries().forEach(e -> {
      if (!declared.trust().contains(e.key().text())) {
        throw new Wrong(e.key().at(), "the policy declares no aspect of trust '" + e.key().text() + "'");
      }
      trust.put(e.key().text(), Fields.number(e.value(), "trust", 0, 1));
    }));
    return new Step.Given(context, trust, m.find("risk").map(r -> Fields.number(r, "risk", 0, 1)));
  }

  private Step.Do act(Mapping m) {
    Scalar what = Fields.scalar(m.find("do").orElseThrow(() -> new Wrong(m.at(), "'do' is missing: name an event")));
    EventKind kind = EventKind.of(what.text()).orElseThrow(() -> new Wrong(what.at(),
        Fields.unknown("event", what.text(), Arrays.stream(EventKind.values()).map(EventKind::toString).toList())));
    Principal subject = m.find("by").map(n -> subjectOf(Fields.scalar(n))).orElse(Principal.ANONYMOUS);
    String client = m.find("client").map(n -> Fields.scalar(n).text())
        .orElse(subject.isAnonymous() ? "someone" : subject.device());
    if (!(ClientId.parse(client) instanceof Parsed.Valid<ClientId>(ClientId id))) {
      throw new Wrong(m.at(), "client: '" + client + "' is no client identifier");
    }
    QoS qos = List.of(QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE)
        .get(m.find("qos").map(n -> Fields.whole(n, "qos", 0, 2)).orElse(0));
    Optional<String> filter = Optional.empty();
    Optional<Message> message = Optional.empty();
    Optional<Scalar> topic = m.find("topic").map(Fields::scalar);
    if (kind == EventKind.SUBSCRIBE) {
      Scalar s = topic.orElseThrow(() -> new Wrong(m.at(), "'topic' is missing"));
      if (TopicFilter.parse(s.text(), TopicLimits.DEFAULT) instanceof Parsed.Invalid<TopicFilter>(String _, String why)) {
        throw new Wrong(s.at(), why);
      }
      filter = Optional.of(s.text());
    } else if (topic.isPresent()) {
      message = Optional.of(message(m, topic.get(), qos, id));
    } else if (kind != EventKind.CONNECT && kind != EventKind.DISCONNECT && kind != EventKind.AUTHENTICATION_FAILED) {
      throw new Wrong(m.at(), "'topic' is missing");
    }
    int times = m.find("times").map(n -> Fields.whole(n, "times", 1, TIMES_MAX)).orElse(1);
    timesAll += times;
    if (timesAll > TIMES_ALL_MAX) {
      throw new Wrong(m.at(), "more than " + TIMES_ALL_MAX + " things to do in all cases");
    }
    return new Step.Do(m.at(), kind, subject, client, message, filter, qos,
        m.find("peer").map(CasesReader::peer).orElse(Peer.UNKNOWN), times,
        m.find("expect").map(n -> Fields.choice(n, "expect", VERDICTS)),
        m.find("rule").map(n -> Fields.scalar(n).text()),
        m.find("execute").map(n -> Fields.texts(n).stream().map(s -> Fields.choice(s, "execute", EXECUTIONS)).toList()));
  }

  private Principal subjectOf(Scalar s) {
    Principal p = subjects.get(s.text());
    if (p != null) {
      return p;
    }
    if (s.text().equals("anonymous")) {
      return Principal.ANONYMOUS;
    }
    throw new Wrong(s.at(), "no subject '" + s.text() + "': declare it below 'subjects'");
  }

  private static Message message(Mapping m, Scalar topic, QoS qos, ClientId id) {
    TopicName name = switch (TopicName.parse(topic.text(), TopicLimits.DEFAULT)) {
      case Parsed.Valid<TopicName>(TopicName t) -> t;
      case Parsed.Invalid<TopicName>(String _, String why) -> throw new Wrong(topic.at(), why);
    };
    List<UserProperty> user = new ArrayList<>();
    m.find("user").ifPresent(n -> Fields.mapping(n, "user: give NAME: value").entries()
        .forEach(e -> user.add(new UserProperty(e.key().text(), Fields.scalar(e.value()).text()))));
    MessageProperties properties = new MessageProperties(
        -1, m.find("content_type").map(n -> Fields.scalar(n).text()).orElse(null), null, null, user);
    String payload = m.find("payload").map(n -> n instanceof Scalar s ? s.text() : Fields.scalar(n).text()).orElse("");
    return new Message(name, Bytes.utf8(payload), qos, m.find("retain").map(Fields::flag).orElse(false), properties,
        Message.NEVER, id);
  }

  private static Peer peer(Node n) {
    Mapping m = Fields.mapping(n, "peer: give {address: ..., prefix: ..., transport: ...}");
    Fields.known(m, List.of("address", "prefix", "transport"));
    return new Peer(m.find("address").map(v -> Fields.scalar(v).text()).orElse(""),
        m.find("prefix").map(v -> Fields.scalar(v).text()).orElse(""),
        m.find("transport").map(v -> Fields.scalar(v).text()).orElse(""));
  }
}
