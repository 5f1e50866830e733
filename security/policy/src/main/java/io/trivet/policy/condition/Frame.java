package io.trivet.policy.condition;

import dev.cel.runtime.CelVariableResolver;
import io.trivet.broker.Message;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.policy.Event;
import io.trivet.policy.Facts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a condition reads, for one decision after the other: one of each thread, worked out only as far as it
/// is asked for. What is missing is not there, so that reading it is an error.
public final class Frame implements CelVariableResolver {
  private static final Optional<Object> TRUE = Optional.of(true);
  private static final Optional<Object> FALSE = Optional.of(false);

  private final Map<String, ValueType> attributeTypes;
  private final Function<TopicName, List<String>> classes;
  private @Nullable Event event;
  private @Nullable Facts facts;
  private Map<String, Object> params = Map.of();

  private long wallMillis;
  private boolean clockRead;
  private @Nullable List<String> levels;
  private @Nullable List<String> dataClasses;
  private @Nullable Map<String, String> user;
  private @Nullable Object payload;
  private boolean payloadRead;

  // The same subject often comes again, and what was worked out of it holds as long as it is the same
  // object; empty until it is worked out.
  private @Nullable Principal subject;
  private Optional<Object> subjectId = Optional.empty();
  private Optional<Object> subjectRoles = Optional.empty();
  private Optional<Object> subjectAttributes = Optional.empty();

  /// @param attributeTypes empty where attributes are texts
  /// @param classes the classes of data that a topic carries
  public Frame(Map<String, ValueType> attributeTypes, Function<TopicName, List<String>> classes) {
    this.attributeTypes = attributeTypes;
    this.classes = classes;
  }

  /// Begins a decision.
  public void enter(Event newEvent, Facts newFacts) {
    event = newEvent;
    facts = newFacts;
    clockRead = false;
    levels = null;
    dataClasses = null;
    user = null;
    payload = null;
    payloadRead = false;
    if (subject != newEvent.subject()) {
      subject = newEvent.subject();
      subjectId = Optional.empty();
      subjectRoles = Optional.empty();
      subjectAttributes = Optional.empty();
    }
  }

  /// Ends it, so that nothing of it is kept alive.
  public void leave() {
    event = null;
    facts = null;
    levels = null;
    user = null;
    payload = null;
    params = Map.of();
  }

  /// The values of the template that the rule to come was made from.
  public void params(Map<String, Object> newParams) {
    params = newParams;
  }

  Event event() {
    Event e = event;
    if (e == null) {
      throw new AssertionError("read outside of a decision");
    }
    return e;
  }

  Facts facts() {
    Facts f = facts;
    if (f == null) {
      throw new AssertionError("read outside of a decision");
    }
    return f;
  }

  /// The clock stands still within a decision.
  public long wallMillis() {
    if (!clockRead) {
      wallMillis = facts().wallMillis();
      clockRead = true;
    }
    return wallMillis;
  }

  @Override
  public Optional<Object> find(String name) {
    return switch (name) {
      case "subject.id" -> subjectId();
      case "subject.client" -> text(event().clientText());
      case "subject.roles" -> roles();
      case "subject.attr" -> attributes();
      case "subject.anonymous" -> flag(event().subject().isAnonymous());
      case "topic" -> topic();
      case "levels" -> levels();
      case "event.kind" -> Optional.of(event().kind().toString());
      case "data.classes" -> classes();
      case "now" -> Optional.of(Instant.ofEpochMilli(wallMillis()));
      case "peer.address" -> text(event().peer().address());
      case "peer.prefix" -> text(event().peer().prefix());
      case "peer.transport" -> text(event().peer().transport());
      case "risk" -> Optional.of(facts().risk(event().subject().device()));
      case "payload" -> payload();
      case Vocabulary.FRAME -> Optional.of(this);
      case Vocabulary.PARAM -> Optional.of(params);
      default -> rest(name);
    };
  }

  private Optional<Object> rest(String name) {
    if (name.startsWith(Vocabulary.CONTEXT)) {
      return facts().context(name.substring(Vocabulary.CONTEXT.length()));
    }
    if (name.startsWith(Vocabulary.TRUST)) {
      return facts().trust(event().subject().device(), name.substring(Vocabulary.TRUST.length())).map(d -> d);
    }
    if (name.equals("message.qos")) {
      QoS qos = event().qos();
      return qos == null ? Optional.empty() : Optional.of((long) qos.level());
    }
    Message m = event().message();
    if (m == null) {
      return Optional.empty();
    }
    return switch (name) {
      case "message.retain" -> flag(m.retain());
      case "message.size" -> Optional.of((long) m.payload().length());
      case "message.content_type" -> Optional.of(m.properties().contentType().orElse(""));
      case "message.publisher" -> Optional.of(m.publisher().text());
      case "message.user" -> Optional.of(user(m));
      default -> Optional.empty();
    };
  }

  private static Optional<Object> flag(boolean value) {
    return value ? TRUE : FALSE;
  }

  private static Optional<Object> text(String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  private Optional<Object> subjectId() {
    Optional<Object> id = subjectId;
    if (id.isEmpty()) {
      id = Optional.of(event().subject().device());
      subjectId = id;
    }
    return id;
  }

  private Optional<Object> roles() {
    Optional<Object> roles = subjectRoles;
    if (roles.isEmpty()) {
      roles = Optional.of(List.copyOf(event().subject().groups()));
      subjectRoles = roles;
    }
    return roles;
  }

  private Optional<Object> attributes() {
    Optional<Object> all = subjectAttributes;
    if (all.isEmpty()) {
      all = Optional.of(typed(event().subject().attributes()));
      subjectAttributes = all;
    }
    return all;
  }

  /// A value that is none of its type is left out: reading it is an error, as with one that is missing.
  private Map<String, ?> typed(Map<String, String> texts) {
    if (attributeTypes.isEmpty()) {
      return texts;
    }
    Map<String, Object> values = HashMap.newHashMap(texts.size());
    texts.forEach((name, value) -> {
      ValueType type = attributeTypes.get(name);
      if (type != null) {
        type.parse(value).ifPresent(v -> values.put(name, v));
      }
    });
    return values;
  }

  /// An attribute of the subject, or null.
  @Nullable Object attribute(String name) {
    return attributeTypes.isEmpty() ? event().subject().attributes().get(name)
        : attributes().orElseThrow() instanceof Map<?, ?> all ? all.get(name) : null;
  }

  /// A parameter of the template, or null.
  @Nullable Object param(String name) {
    return params.get(name);
  }

  private Optional<Object> topic() {
    TopicName t = event().topic();
    TopicFilter f = event().filter();
    return t != null ? Optional.of(t.toString()) : f != null ? Optional.of(f.toString()) : Optional.empty();
  }

  private Optional<Object> levels() {
    List<String> known = levels;
    if (known == null) {
      TopicName t = event().topic();
      TopicFilter f = event().filter();
      if (t != null) {
        known = new ArrayList<>(t.depth());
        for (int i = 0; i < t.depth(); i++) {
          known.add(t.level(i));
        }
      } else if (f != null) {
        known = f.levels();
      } else {
        return Optional.empty();
      }
      levels = known;
    }
    return Optional.of(known);
  }

  private Optional<Object> classes() {
    List<String> known = dataClasses;
    if (known == null) {
      TopicName t = event().topic();
      if (t == null) {
        return Optional.empty();
      }
      known = classes.apply(t);
      dataClasses = known;
    }
    return Optional.of(known);
  }

  private Optional<Object> payload() {
    if (!payloadRead) {
      payloadRead = true;
      Message m = event().message();
      payload = m == null ? null : PayloadValues.parse(m).orElse(null);
    }
    return Optional.ofNullable(payload);
  }

  /// A name that comes twice is left out: which of its values the receiver takes is anybody's guess.
  private Map<String, String> user(Message m) {
    Map<String, String> known = user;
    if (known == null) {
      known = new HashMap<>();
      Set<String> twice = new HashSet<>();
      for (UserProperty p : m.properties().userProperties()) {
        if (known.put(p.name(), p.value()) != null) {
          twice.add(p.name());
        }
      }
      known.keySet().removeAll(twice);
      user = known;
    }
    return known;
  }
}
