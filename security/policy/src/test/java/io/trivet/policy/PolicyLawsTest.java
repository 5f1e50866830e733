package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.policy.file.Action;
import io.trivet.policy.file.On;
import io.trivet.policy.file.Rule;
import io.trivet.policy.index.Filters;
import io.trivet.policy.index.TopicIndex;
import io.trivet.policy.index.TopicPattern;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What must be true of any policy, tried on random ones.
class PolicyLawsTest {
  private static final ClientId CLIENT = new ClientId("c1");
  private static final List<String> LEVELS = List.of("a", "b", "", "$SYS", "7");
  private static final List<String> PATTERNS =
      List.of("a", "b", "", "$SYS", "+", "+", "${subject.attr.ward}", "x${subject.id}");
  private static final List<String> CONDITIONS = List.of("'g' in subject.roles", "topic.startsWith('a')", "levels[1] == 'b'",
      "subject.attr.ward == '7'", "message.size < 3", "now.getHours('UTC') < 12", "payload.x > 1", "risk < 0.5",
      "message.retain", "has(subject.attr.ward) || message.qos == 1", "data.classes == []");
  private static final List<String> ACTIONS = List.of("allow", "allow", "allow", "deny", "[allow, modify: {drop: [a]}]",
      "{modify: {drop: [b]}}", "[allow, execute: {raise: risk, by: 0.1}]");

  private static <T> T any(Random r, List<T> of) {
    return of.get(r.nextInt(of.size()));
  }

  private static String topic(Random r, List<String> levels) {
    StringBuilder out = new StringBuilder(any(r, levels));
    for (int i = r.nextInt(3); i > 0; i--) {
      out.append('/').append(any(r, levels));
    }
    return out.isEmpty() ? "a" : out.toString();
  }

  private static String filter(Random r, List<String> levels) {
    return r.nextInt(12) == 0 ? "#" : topic(r, levels) + (r.nextInt(3) == 0 ? "/#" : "");
  }

  private static String file(Random r) {
    StringBuilder out = new StringBuilder("version: 1\nrules:\n");
    for (int i = 1 + r.nextInt(8); i > 0; i--) {
      out.append("  - {on: [publish, deliver]");
      if (r.nextInt(8) > 0) {
        out.append(", topic: \"").append(filter(r, PATTERNS)).append('"');
      }
      if (r.nextBoolean()) {
        out.append(", when: \"").append(any(r, CONDITIONS)).append('"');
      }
      out.append(r.nextInt(5) == 0 ? ", group: g" : "").append(", then: ").append(any(r, ACTIONS)).append("}\n");
    }
    return out.toString();
  }

  private static Principal subject(Random r) {
    return r.nextInt(6) == 0 ? Principal.ANONYMOUS : new Principal(any(r, List.of("lamp-1", "b")),
        r.nextBoolean() ? Map.of("ward", any(r, List.of("7", "a", "b/c", "#", "$SYS"))) : Map.of(),
        r.nextBoolean() ? Set.of("g") : Set.of(), 1);
  }

  private static Message message(Random r, TopicName topic) {
    return new Message(topic, Bytes.utf8(any(r, List.of("", "x", "{\"x\": 2}", "{\"x\": 0}"))),
        any(r, List.of(QoS.AT_MOST_ONCE, QoS.AT_LEAST_ONCE)), r.nextBoolean(), MessageProperties.NONE, Message.NEVER, CLIENT);
  }

  private static Told facts(Random r) {
    Told told = new Told();
    told.now += r.nextLong(86_400_000);
    told.risk.put("lamp-1", r.nextDouble());
    return told;
  }

  /// The rule that every policy has beside its own.
  private static boolean isBuiltIn(String rule) {
    return rule.equals("built in");
  }

  @Test
  void theIndexFindsWhatReadingAllRulesFinds() {
    int matched = 0;
    for (long seed = 0; seed < 1_500; seed++) {
      Random r = new Random(seed);
      String text = file(r).replaceAll("\\$SYS/[^\"]*[+#][^\"]*\"", "a\"").replaceAll("\"\\$SYS[^\"]*\"", "\"\\$SYS\"");
      Policy p = PolicyTest.policy(text);
      for (int i = 0; i < 30; i++) {
        Principal who = subject(r);
        TopicName topic = TopicName.of(topic(r, LEVELS));
        Event e = Event.ofMessage(EventKind.DELIVER, who, CLIENT, message(r, topic));
        Set<String> expected = new HashSet<>();
        for (Rule rule : p.file().rules()) {
          boolean fits = rule.topics().isEmpty() && !(topic.isReserved() && rule.allows()) || rule.topics().stream().anyMatch(t ->
              (rule.denies() ? t.fillWide(who, "c1") : t.fill(who, "c1")).filter(f -> f.matches(topic)).isPresent());
          if (fits && rule.on().contains(new On(Phase.TENTATIVE, EventKind.DELIVER))) {
            expected.add(rule.name());
          }
        }
        Set<String> found = new HashSet<>();
        p.explain(e, facts(r)).steps().forEach(s -> found.add(s.rule()));
        found.removeIf(PolicyLawsTest::isBuiltIn);
        assertThat(found).as("seed %d: %s%n%s", seed, e, text).isEqualTo(expected);
        matched += found.size();
      }
    }
    assertThat(matched).isGreaterThan(5_000);
  }

  @Test
  void whatHoldsIsTheSameWhateverElseIsTheCase() {
    int held = 0;
    for (long seed = 0; seed < 1_500; seed++) {
      Random r = new Random(seed);
      String text = file(r).replaceAll("\\$SYS", "a");
      Policy p = PolicyTest.policy(text);
      for (int i = 0; i < 20; i++) {
        Principal who = subject(r);
        TopicName topic = TopicName.of(topic(r, LEVELS));
        EventKind kind = any(r, List.of(EventKind.PUBLISH, EventKind.DELIVER));
        Outcome first = p.decide(Event.ofMessage(kind, who, CLIENT, message(r, topic)), facts(r));
        if (!first.holds()) {
          continue;
        }
        held++;
        for (int k = 0; k < 8; k++) {
          Outcome again = p.decide(Event.ofMessage(kind, who, CLIENT, message(r, topic)), facts(r));
          assertThat(again).as("seed %d: %s to %s%n%s", seed, who, topic, text).isEqualTo(first);
        }
      }
    }
    assertThat(held).isGreaterThan(500);
  }

  @Test
  void anotherDenialNeverGivesARight() {
    for (long seed = 0; seed < 1_000; seed++) {
      Random r = new Random(seed);
      String text = file(r).replaceAll("\\$SYS", "a");
      Policy fewer = PolicyTest.policy(text);
      Policy more = PolicyTest.policy(text + "  - {on: [publish, deliver], topic: \"" + filter(r, PATTERNS)
          + "\", when: \"" + any(r, CONDITIONS) + "\", then: deny}\n");
      for (int i = 0; i < 20; i++) {
        Event e = Event.ofMessage(EventKind.PUBLISH, subject(r), CLIENT, message(r, TopicName.of(topic(r, LEVELS))));
        Told told = facts(r);
        if (fewer.decide(e, told).verdict() instanceof Verdict.Deny) {
          assertThat(more.decide(e, told).verdict()).as("seed %d: %s%n%s", seed, e, text).isInstanceOf(Verdict.Deny.class);
        }
      }
    }
  }

  @Test
  void theOrderOfRulesMattersForModificationsAlone() {
    for (long seed = 0; seed < 1_000; seed++) {
      Random r = new Random(seed);
      List<String> lines = new ArrayList<>(file(r).replaceAll("\\$SYS", "a").lines().toList());
      Policy one = PolicyTest.policy(String.join("\n", lines));
      java.util.Collections.shuffle(lines.subList(2, lines.size()), r);
      Policy other = PolicyTest.policy(String.join("\n", lines));
      for (int i = 0; i < 20; i++) {
        Event e = Event.ofMessage(EventKind.PUBLISH, subject(r), CLIENT, message(r, TopicName.of(topic(r, LEVELS))));
        Told told = facts(r);
        assertThat(other.decide(e, told).verdict().getClass()).as("seed %d: %s", seed, e)
            .isEqualTo(one.decide(e, told).verdict().getClass());
      }
    }
  }

  @Test
  void filtersOverlapWhereSomeTopicIsInBoth() {
    List<String> levels = List.of("a", "b", "$x", "+");
    List<TopicName> names = new ArrayList<>();
    for (String x : List.of("a", "b", "$x", "c", "")) {
      if (!x.isEmpty()) {
        names.add(TopicName.of(x));
      }
      for (String y : List.of("a", "b", "$x", "c", "")) {
        names.add(TopicName.of(x + "/" + y));
        for (String z : List.of("a", "b", "$x", "c", "")) {
          names.add(TopicName.of(x + "/" + y + "/" + z));
        }
      }
    }
    Random r = new Random(7);
    int overlapping = 0;
    for (int i = 0; i < 20_000; i++) {
      TopicFilter a = TopicFilter.parse(filter(r, levels), TopicLimits.PROTOCOL).orThrow();
      TopicFilter b = TopicFilter.parse(filter(r, levels), TopicLimits.PROTOCOL).orThrow();
      if (a.depth() > 3 || b.depth() > 3) {
        continue; // a deeper topic than those tried may be the one in common
      }
      boolean some = names.stream().anyMatch(n -> a.matches(n) && b.matches(n));
      assertThat(Filters.overlap(a, b)).as("%s and %s", a, b).isEqualTo(some);
      if (Filters.covers(a, b)) {
        assertThat(names).as("%s covers %s", a, b).allMatch(n -> !b.matches(n) || a.matches(n));
      }
      overlapping += some ? 1 : 0;
      TopicIndex<String> index = new TopicIndex<>();
      TopicPattern.parse(a.toString()).orThrow();
      index.add(TopicPattern.parse(a.toString()).orThrow(), false, "found");
      List<String> found = new ArrayList<>();
      index.collect(b, found::add);
      assertThat(!some || !found.isEmpty()).as("the index finds %s for %s", a, b).isTrue();
    }
    assertThat(overlapping).isGreaterThan(2_000);
  }

  @Test
  void executionsAreSaidWhateverIsDecided() {
    Policy p = PolicyTest.policy("""
        version: 1
        rules:
          - {on: publish, then: deny}
          - {on: publish, then: {execute: {raise: risk, by: 0.1}}}
          - {on: publish, when: "subject.attr.none == 'x'", then: {execute: {raise: risk, by: 0.2}}}
        """);
    Principal who = new Principal("lamp-1", Map.of(), Set.of(), 1);
    Outcome o = p.decide(Event.ofMessage(EventKind.PUBLISH, who, CLIENT, message(new Random(1), TopicName.of("a"))), new Told());
    assertThat(o.verdict()).isInstanceOf(Verdict.Deny.class);
    assertThat(o.executions()).containsExactly(new Execution.RaiseRisk("lamp-1", 0.1));
    assertThat(p.file().rules().getFirst().has(Action.Deny.class)).isTrue();
  }
}
