package io.trivet.policy;

import io.trivet.base.Parsed;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.Frame;
import io.trivet.policy.file.Action;
import io.trivet.policy.file.Mark;
import io.trivet.policy.file.On;
import io.trivet.policy.file.PolicyFile;
import io.trivet.policy.file.PolicyReader;
import io.trivet.policy.file.Rule;
import io.trivet.policy.file.Sources;
import io.trivet.policy.index.Filters;
import io.trivet.policy.index.TopicIndex;
import io.trivet.policy.index.TopicPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks a policy file over: what is wrong in it, and what is right but cannot be meant, such as a rule that
/// never has a say.
public final class PolicyCheck {
  private static final int WARNINGS_MAX = 200;
  private static final int COMPARED_MAX = 64;

  private static final Set<EventKind> WITHOUT_TOPIC =
      EnumSet.of(EventKind.CONNECT, EventKind.DISCONNECT, EventKind.AUTHENTICATION_FAILED);
  private static final Set<EventKind> WITH_MESSAGE = EnumSet.of(EventKind.PUBLISH, EventKind.DELIVER, EventKind.WILL,
      EventKind.RETAIN, EventKind.COAP_PUT, EventKind.COAP_POST, EventKind.COAP_PATCH, EventKind.COAP_IPATCH);

  private final PolicyFile file;
  private final List<Problem> problems = new ArrayList<>();

  /// Rules that deny, and such that only allow, by event.
  private final Map<On, TopicIndex<Rule>> denials = new HashMap<>();
  private final Map<On, TopicIndex<Rule>> permissions = new HashMap<>();

  private PolicyCheck(PolicyFile file) {
    this.file = file;
  }

  /// All errors, or where there are none all warnings, at most 200, by place in the file.
  public static List<Problem> check(String text) {
    try {
      return new PolicyCheck(PolicyReader.read(text)).check();
    } catch (PolicyException e) {
      return e.problems();
    }
  }

  private List<Problem> check() {
    for (Rule r : file.rules()) {
      if (r.denies()) {
        index(denials, r);
      } else if (r.then().stream().allMatch(Action.Allow.class::isInstance)) {
        index(permissions, r);
      }
    }
    for (Rule r : file.rules()) {
      condition(r);
      shadow(r);
      leak(r);
    }
    modifications();
    unused();
    return problems.stream().sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .limit(WARNINGS_MAX).toList();
  }

  private void warn(Mark at, String what) {
    problems.add(Problem.of(Problem.Severity.WARNING, file.text(), at.line(), at.column(), what));
  }

  private static void index(Map<On, TopicIndex<Rule>> into, Rule r) {
    for (On on : r.on()) {
      TopicIndex<Rule> index = into.computeIfAbsent(on, _ -> new TopicIndex<>());
      r.topics().forEach(t -> index.add(t, false, r));
      if (r.topics().isEmpty()) {
        index.addEverywhere(r);
      }
    }
  }

  private void condition(Rule r) {
    if (r.when().isEmpty()) {
      return;
    }
    Condition c = r.when().get();
    if (c.reads().isEmpty()) {
      constant(r, c);
      return;
    }
    for (On on : r.on()) {
      for (String name : c.reads()) {
        missing(on.kind(), name, r.who().anonymous()).ifPresent(why -> warn(r.whenAt(), "'" + name
            + "' is never there on " + on.kind() + ", so that the condition fails and denies: " + why));
      }
    }
  }

  private void constant(Rule r, Condition c) {
    try {
      warn(r.whenAt(), c.holds(new Frame(Map.of(), _ -> List.of()))
          ? "the condition is always true; leave it out" : "the condition is never true: the rule is unreachable");
    } catch (Condition.Failed e) {
      warn(r.whenAt(), "the condition always fails, which denies: " + e.getMessage());
    }
  }

  /// Why a variable has no value on such an event, if so.
  private static Optional<String> missing(EventKind kind, String name, boolean anonymous) {
    if (WITHOUT_TOPIC.contains(kind) && (name.equals("topic") || name.equals("levels") || name.equals("data.classes"))) {
      return Optional.of("it is about no topic");
    }
    boolean ofMessage = name.startsWith("message.") && !name.equals("message.qos") || name.equals("payload");
    if (ofMessage && !WITH_MESSAGE.contains(kind)) {
      return Optional.of("it carries no message");
    }
    if (name.equals("data.classes") && kind == EventKind.SUBSCRIBE) {
      return Optional.of("a filter stands for many topics; ask on deliver");
    }
    if (name.startsWith("peer.") && !WITHOUT_TOPIC.contains(kind)) {
      return Optional.of("peers are told of on connect, disconnect and auth_fail");
    }
    return anonymous && name.equals("subject.attr") ? Optional.of("peers without a credential have no attributes")
        : Optional.empty();
  }

  /// A rule that only decides, and whose decision another without a condition, or with the same one, always
  /// overrules or makes without it.
  private void shadow(Rule r) {
    if (r.then().stream().anyMatch(Action.Execute.class::isInstance) || r.on().isEmpty()) {
      return;
    }
    Optional<Rule> over = r.denies() ? Optional.empty() : covering(r, denials);
    if (over.isPresent()) {
      warn(r.at(), "this rule never has a say: " + over.get().name() + " denies whatever it is about");
      return;
    }
    Optional<Rule> same = r.denies() ? covering(r, denials)
        : r.then().stream().allMatch(Action.Allow.class::isInstance) ? covering(r, permissions) : Optional.empty();
    same.ifPresent(other -> warn(r.at(), "this rule adds nothing: " + other.name() + " says so of all it is about"));
  }

  /// A single rule that covers each event and topic of `r`.
  private static Optional<Rule> covering(Rule r, Map<On, TopicIndex<Rule>> among) {
    @Nullable Set<Rule> common = null;
    for (On on : r.on()) {
      TopicIndex<Rule> index = among.get(on);
      if (index == null) {
        return Optional.empty();
      }
      if (r.topics().isEmpty()) {
        common = intersect(common, everywhere(index, r));
        continue;
      }
      for (TopicPattern t : r.topics()) {
        common = intersect(common, covering(index, r, t));
        if (common.isEmpty()) {
          return Optional.empty();
        }
      }
    }
    return common == null ? Optional.empty() : common.stream().min(Comparator.comparingInt(Rule::order));
  }

  private static Set<Rule> intersect(@Nullable Set<Rule> one, Set<Rule> other) {
    if (one == null) {
      return other;
    }
    one.retainAll(other);
    return one;
  }

  private static Set<Rule> everywhere(TopicIndex<Rule> index, Rule r) {
    Set<Rule> found = new HashSet<>();
    index.collect((TopicName) null, other -> {
      if (isAnother(other, r)) {
        found.add(other);
      }
    });
    return found;
  }

  private static Set<Rule> covering(TopicIndex<Rule> index, Rule r, TopicPattern t) {
    Set<Rule> found = new HashSet<>();
    Optional<TopicFilter> inner = widest(t);
    int[] compared = {0};
    inner.ifPresent(f -> index.collect(f, other -> {
      if (compared[0]++ < COMPARED_MAX && isAnother(other, r)
          && (other.topics().isEmpty() && !(other.allows() && t.toString().startsWith("$"))
              || other.topics().stream().anyMatch(o -> covers(o, t, f)))) {
        found.add(other);
      }
    }));
    return found;
  }

  /// Of two that say the same, the later one is the one too many.
  private static boolean isAnother(Rule other, Rule r) {
    return other != r && other.who().covers(r.who()) && (other.when().isEmpty() || sameCondition(other, r))
        && (other.denies() != r.denies() || other.order() < r.order() || !r.who().covers(other.who())
            || !sameTopics(other, r) || !sameCondition(other, r));
  }

  private static boolean sameCondition(Rule a, Rule b) {
    return a.when().map(Condition::toString).equals(b.when().map(Condition::toString)) && a.params().equals(b.params());
  }

  private static boolean sameTopics(Rule a, Rule b) {
    return texts(a).equals(texts(b)) && a.on().equals(b.on());
  }

  private static Set<String> texts(Rule r) {
    Set<String> all = new HashSet<>();
    r.topics().forEach(t -> all.add(t.toString()));
    return all;
  }

  private static boolean covers(TopicPattern outer, TopicPattern inner, TopicFilter innerWidest) {
    if (outer.toString().equals(inner.toString())) {
      return true;
    }
    return !outer.hasPlaces() && Filters.covers(TopicFilter.of(outer.toString()), innerWidest);
  }

  /// The filter that matches whatever the pattern may for anyone: a place stays within its level.
  private static Optional<TopicFilter> widest(TopicPattern t) {
    String[] levels = t.toString().split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = levels[i].indexOf('{') >= 0 ? "+" : levels[i];
    }
    return TopicFilter.parse(String.join("/", levels), TopicLimits.PROTOCOL)
        instanceof Parsed.Valid<TopicFilter>(TopicFilter f) ? Optional.of(f) : Optional.empty();
  }

  /// What may not be subscribed to alone may still be delivered by way of a wider subscription.
  private void leak(Rule r) {
    if (!r.denies() || r.access() || r.on().stream().noneMatch(on -> on.kind() == EventKind.SUBSCRIBE)
        || r.on().stream().anyMatch(on -> on.kind() == EventKind.DELIVER)) {
      return;
    }
    boolean also = file.rules().stream().anyMatch(o -> o != r && o.denies()
        && o.on().stream().anyMatch(on -> on.kind() == EventKind.DELIVER) && texts(o).equals(texts(r)));
    if (!also) {
      warn(r.at(), "a message that comes by another way, such as an older subscription, is still delivered: "
          + "deny 'deliver' too");
    }
  }

  private record Touch(String path, String how, Rule rule) {}

  /// Two rules that change one member in two ways, where both may match.
  private void modifications() {
    List<Rule> modifying = file.rules().stream().filter(r -> r.has(Action.Modify.class)).limit(1_000).toList();
    Map<String, List<Touch>> byPath = new HashMap<>();
    for (Rule r : modifying) {
      for (Touch t : touches(r)) {
        List<Touch> before = byPath.computeIfAbsent(t.path, _ -> new ArrayList<>());
        before.stream().filter(b -> b.rule != r && !b.how.equals(t.how) && overlap(b.rule, r)).findFirst()
            .ifPresent(b -> warn(r.at(), "'" + t.path + "' is to be " + t.how + ", and by " + b.rule.name() + " "
                + b.how + ": on what both match, the one that stands first in the file goes first"));
        before.add(t);
      }
    }
  }

  private static List<Touch> touches(Rule r) {
    List<Touch> found = new ArrayList<>();
    for (Action a : r.then()) {
      if (a instanceof Action.Modify(Modification m)) {
        m.drop().forEach(p -> found.add(new Touch(p, "dropped", r)));
        m.redact().keySet().forEach(p -> found.add(new Touch(p, "redacted", r)));
        m.round().keySet().forEach(p -> found.add(new Touch(p, "rounded", r)));
        m.hash().forEach(p -> found.add(new Touch(p, "hashed", r)));
        m.truncate().keySet().forEach(p -> found.add(new Touch(p, "truncated", r)));
      }
    }
    return found;
  }

  private static boolean overlap(Rule a, Rule b) {
    if (a.on().stream().noneMatch(b.on()::contains)) {
      return false;
    }
    if (a.topics().isEmpty() || b.topics().isEmpty()) {
      return true;
    }
    return a.topics().stream().anyMatch(x -> b.topics().stream().anyMatch(y -> {
      Optional<TopicFilter> fx = widest(x);
      Optional<TopicFilter> fy = widest(y);
      return fx.isPresent() && fy.isPresent() && Filters.overlap(fx.get(), fy.get());
    }));
  }

  private void unused() {
    Set<String> quoted = new HashSet<>();
    for (Rule r : file.rules()) {
      r.when().ifPresent(c -> quoted.add(c.toString()));
    }
    for (Sources.Counted e : file.sources().events()) {
      boolean used = quoted.stream().anyMatch(c -> c.contains("\"" + e.name() + "\"") || c.contains("'" + e.name() + "'"));
      if (!used) {
        warn(e.at(), "event '" + e.name() + "' is counted, and no rule asks for it");
      }
    }
  }
}
