package io.trivet.policy.file;

import io.trivet.base.Parsed;
import io.trivet.broker.QoS;
import io.trivet.policy.Modification;
import io.trivet.policy.Verdict;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.ValueType;
import io.trivet.policy.condition.Vocabulary;
import io.trivet.policy.file.Node.Entry;
import io.trivet.policy.file.Node.Mapping;
import io.trivet.policy.file.Node.Scalar;
import io.trivet.policy.file.Node.Sequence;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads what stands below `then`.
final class ActionReader {
  private static final int ACTIONS_MAX = 16;
  private static final int QUEUED_MAX = 10_000;
  private static final Duration DELAY_MAX = Duration.ofHours(1);
  private static final int PIECES_MAX = 32;
  private static final List<String> NAMES = List.of("allow", "deny", "modify", "delay", "execute");
  private static final List<String> EXECUTIONS = List.of("publish", "ban", "disconnect", "webhook", "raise");

  private final Vocabulary vocabulary;
  private final Map<String, ValueType> params;
  private final Set<String> aspects;
  private final String rule;

  ActionReader(Vocabulary vocabulary, Map<String, ValueType> params, Set<String> aspects, String rule) {
    this.vocabulary = vocabulary;
    this.params = params;
    this.aspects = aspects;
    this.rule = rule;
  }

  List<Action> read(Node n) {
    List<Node> items = n instanceof Sequence s ? s.items() : List.of(n);
    if (items.isEmpty() || items.size() > ACTIONS_MAX) {
      throw new Wrong(n.at(), "then: give 1 to " + ACTIONS_MAX + " actions of " + String.join(", ", NAMES));
    }
    List<Action> actions = new ArrayList<>();
    for (Node item : items) {
      switch (item) {
        case Scalar s -> actions.add(plain(Fields.scalar(s)));
        case Mapping m -> m.entries().forEach(e -> actions.add(detailed(e)));
        case Sequence s -> throw new Wrong(s.at(), "then: give a list of actions, not a list in it");
      }
    }
    if (actions.isEmpty()) {
      throw new Wrong(n.at(), "then: give an action of " + String.join(", ", NAMES));
    }
    boolean denies = actions.stream().anyMatch(Action.Deny.class::isInstance);
    if (denies && actions.stream().anyMatch(a -> !(a instanceof Action.Deny || a instanceof Action.Execute))) {
      throw new Wrong(n.at(), "then: what is denied is not also allowed, modified or delayed");
    }
    return actions;
  }

  private Action plain(Scalar s) {
    return switch (s.text()) {
      case "allow" -> new Action.Allow();
      case "deny" -> new Action.Deny(Verdict.NOT_AUTHORIZED, "");
      case "modify", "delay", "execute" ->
          throw new Wrong(s.at(), "'" + s.text() + "' needs details: write " + s.text() + ": {...}");
      default -> throw new Wrong(s.at(), Fields.unknown("action", s.text(), NAMES));
    };
  }

  private Action detailed(Entry e) {
    return switch (e.key().text()) {
      case "allow" -> throw new Wrong(e.key().at(), "allow has no details: write '- allow'");
      case "deny" -> deny(Fields.mapping(e.value(), "deny: give {reason: ..., tell: ...}"));
      case "modify" -> modify(Fields.mapping(e.value(), "modify: give {drop: [...], ...}"));
      case "delay" -> delay(Fields.mapping(e.value(), "delay: give {for: 2s, ...}"));
      case "execute" -> execute(Fields.mapping(e.value(), "execute: give one of " + EXECUTIONS));
      default -> throw new Wrong(e.key().at(), Fields.unknown("action", e.key().text(), NAMES));
    };
  }

  private static Action deny(Mapping m) {
    Fields.known(m, List.of("reason", "tell"));
    int reason = m.find("reason").map(n -> Fields.whole(n, "reason", 0x80, 0xFF)).orElse(Verdict.NOT_AUTHORIZED);
    String tell = m.find("tell").map(n -> Fields.scalar(n).text()).orElse("");
    if (tell.length() > 256) {
      throw new Wrong(m.at(), "tell: at most 256 characters are taken");
    }
    return new Action.Deny(reason, tell);
  }

  private Action modify(Mapping m) {
    Fields.known(m, List.of("payload", "drop", "redact", "round", "hash", "truncate", "on_parse_error"));
    Optional<String> format =
        m.find("payload").map(n -> Fields.choice(n, "payload", List.of("json", "cbor", "senml-json", "senml-cbor")));
    List<String> drop = paths(m, "drop");
    List<String> hash = paths(m, "hash");
    Map<String, String> redact = byPath(m, "redact", n -> n instanceof Scalar s ? s.text() : Fields.scalar(n).text());
    Map<String, Double> round =
        byPath(m, "round", n -> Fields.number(n, "round", Double.MIN_NORMAL, 1e15));
    Map<String, Integer> truncate = byPath(m, "truncate", n -> Fields.whole(n, "truncate", 0, 65_535));
    if (drop.isEmpty() && hash.isEmpty() && redact.isEmpty() && round.isEmpty() && truncate.isEmpty()) {
      throw new Wrong(m.at(), "modify: say what: drop, redact, round, hash or truncate");
    }
    Modification.Otherwise otherwise = m.find("on_parse_error")
        .map(n -> Fields.choice(n, "on_parse_error", List.of("deny", "pass")).equals("pass")
            ? Modification.Otherwise.PASS : Modification.Otherwise.DENY)
        .orElse(Modification.Otherwise.DENY);
    return new Action.Modify(new Modification(format, drop, redact, round, hash, truncate, otherwise, rule));
  }

  private static List<String> paths(Mapping m, String key) {
    return m.find(key).map(n -> Fields.texts(n).stream().map(s -> path(s)).toList()).orElse(List.of());
  }

  private static String path(Scalar s) {
    if (s.text().length() > 256 || s.text().startsWith(".") || s.text().endsWith(".") || s.text().contains("..")) {
      throw new Wrong(s.at(), "'" + s.text() + "' is no path: give names of members joined by dots");
    }
    return s.text();
  }

  private static <T> Map<String, T> byPath(Mapping m, String key, Function<Node, T> value) {
    Map<String, T> found = new LinkedHashMap<>();
    m.find(key).ifPresent(n -> Fields.mapping(n, key + ": give {path: value}").entries()
        .forEach(e -> found.put(path(e.key()), value.apply(e.value()))));
    return found;
  }

  private static Action delay(Mapping m) {
    Fields.known(m, List.of("for", "max_queued", "overflow"));
    Duration wait = Fields.duration(require(m, "for", "delay"), "for");
    if (wait.compareTo(DELAY_MAX) > 0) {
      throw new Wrong(m.at(), "for: at most an hour");
    }
    int queued = m.find("max_queued").map(n -> Fields.whole(n, "max_queued", 1, QUEUED_MAX)).orElse(1_000);
    boolean pass = m.find("overflow")
        .map(n -> Fields.choice(n, "overflow", List.of("deny", "pass")).equals("pass")).orElse(false);
    return new Action.Delay(wait, queued, pass ? Verdict.Overflow.PASS : Verdict.Overflow.DENY);
  }

  private static Node require(Mapping m, String key, String of) {
    return m.find(key).orElseThrow(() -> new Wrong(m.at(), of + ": '" + key + "' is missing"));
  }

  private Action execute(Mapping m) {
    List<String> verbs = m.entries().stream().map(e -> e.key().text()).filter(EXECUTIONS::contains).toList();
    if (verbs.size() != 1) {
      throw new Wrong(m.at(), "execute: give one of " + String.join(", ", EXECUTIONS));
    }
    return switch (verbs.getFirst()) {
      case "publish" -> publish(m);
      case "ban" -> {
        Fields.known(m, List.of("ban", "for"));
        yield new Action.Ban(expression(require(m, "ban", "execute")), Fields.duration(require(m, "for", "ban"), "for"));
      }
      case "disconnect" -> {
        Fields.known(m, List.of("disconnect", "reason"));
        int reason = m.find("reason").map(n -> Fields.whole(n, "reason", 0x80, 0xFF)).orElse(0x98);
        yield new Action.Disconnect(expression(require(m, "disconnect", "execute")), reason);
      }
      case "webhook" -> {
        Fields.known(m, List.of("webhook"));
        yield new Action.Webhook(uri(Fields.scalar(require(m, "webhook", "execute"))));
      }
      default -> raise(m);
    };
  }

  private Action publish(Mapping m) {
    Fields.known(m, List.of("publish", "payload", "level", "qos", "retain"));
    Scalar topic = Fields.scalar(require(m, "publish", "execute"));
    Text to = text(topic);
    if (topic.text().startsWith("$") && !topic.text().startsWith("${") || topic.text().contains("+")
        || topic.text().contains("#")) {
      throw new Wrong(topic.at(), "publish: give a topic without wildcards that does not begin with $");
    }
    Optional<Text> payload = m.find("payload").map(n -> text(Fields.scalar(n)));
    String level = m.find("level").map(n -> Fields.choice(n, "level", List.of("info", "warn", "alarm"))).orElse("info");
    int qos = m.find("qos").map(n -> Fields.whole(n, "qos", 0, 2)).orElse(0);
    boolean retain = m.find("retain").map(Fields::flag).orElse(false);
    return new Action.Publish(to, payload, List.of(QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE).get(qos),
        retain, level);
  }

  private Action raise(Mapping m) {
    Fields.known(m, List.of("raise", "by", "of"));
    Scalar what = Fields.scalar(require(m, "raise", "execute"));
    Optional<String> aspect = Optional.empty();
    if (what.text().startsWith("trust.")) {
      aspect = Optional.of(what.text().substring("trust.".length()));
      if (!aspects.contains(aspect.get())) {
        throw new Wrong(what.at(), "raise: " + what.text() + " is not declared below 'trust'");
      }
    } else if (!what.text().equals("risk")) {
      throw new Wrong(what.at(), "raise: give risk or trust.ASPECT");
    }
    double by = Fields.number(require(m, "by", "raise"), "by", -1, 1);
    Condition whom = m.find("of").map(this::expression)
        .orElseGet(() -> vocabulary.expression("subject.id", params).orThrow());
    return new Action.Raise(aspect, whom, by);
  }

  private static URI uri(Scalar s) {
    try {
      URI u = new URI(s.text());
      if ("https".equals(u.getScheme()) && u.getHost() != null && u.getUserInfo() == null) {
        return u;
      }
    } catch (java.net.URISyntaxException _) { // said below, with what is taken
    }
    throw new Wrong(s.at(), "webhook: give an address that begins with https://, without a password in it");
  }

  private Condition expression(Node n) {
    Scalar s = Fields.scalar(n);
    return RuleReader.compiled(s, vocabulary.expression(s.text(), params));
  }

  /// A text with `${expression}` in it.
  private Text text(Scalar s) {
    List<Object> pieces = new ArrayList<>();
    String t = s.text();
    int at = 0;
    while (at < t.length()) {
      int from = t.indexOf("${", at);
      if (from < 0) {
        pieces.add(t.substring(at));
        break;
      }
      int to = t.indexOf('}', from);
      if (to < 0) {
        throw new Wrong(s.at(1, from), "${ without its }");
      }
      if (from > at) {
        pieces.add(t.substring(at, from));
      }
      String inside = t.substring(from + 2, to);
      switch (vocabulary.expression(inside, params)) {
        case Parsed.Valid<Condition>(Condition c) -> pieces.add(c);
        case Parsed.Invalid<Condition>(String _, String what) -> throw new Wrong(s.at(1, from + 2), what);
      }
      if (pieces.size() > PIECES_MAX) {
        throw new Wrong(s.at(), "more than " + PIECES_MAX + " pieces in one text");
      }
      at = to + 1;
    }
    return new Text(t, pieces);
  }
}
