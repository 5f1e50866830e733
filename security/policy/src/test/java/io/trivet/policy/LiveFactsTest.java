package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider.Decision;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A policy over the counters, trust and risk of a server.
class LiveFactsTest {
  private static final Principal LAMP = new Principal("lamp-1", Map.of(), Set.of(), 1);
  private static final ClientId CLIENT = new ClientId("c1");

  private long nanos = 5_000_000_000L;
  private final Map<String, Object> context = new HashMap<>();
  private final List<Execution> left = new ArrayList<>();
  private final LiveFacts facts = new LiveFacts(new LiveFacts.Room(1_000, 10_000, 1_000), () -> nanos,
      () -> 1_700_000_000_000L + nanos / 1_000_000, 42, Duration.ofMinutes(1), new ContextView() {
        @Override
        public void feed(String name, Bytes payload) {
          context.put(name, payload.asUtf8());
        }

        @Override
        public void follow(List<Declarations.Context> declared) {}

        @Override
        public Optional<Object> now(String name) {
          return Optional.ofNullable(context.get(name));
        }

        @Override
        public Optional<Object> at(String name, Duration ago) {
          return now(name);
        }

        @Override
        public boolean held(String name, Object value, Duration time) {
          return value.equals(context.get(name));
        }
      });

  private PolicyDecider decider(String policy) {
    return new PolicyDecider(PolicyTest.policy(policy), facts, () -> 1, Optional::of, (_, m) -> Parsed.valid(m),
        (e, _) -> {
          if (!facts.enact(e)) {
            left.add(e);
          }
        });
  }

  private static Decision publish(PolicyDecider d, String topic) {
    return publish(d, topic, "");
  }

  private static Decision publish(PolicyDecider d, String topic, String payload) {
    return d.publish(LAMP, CLIENT, new Message(TopicName.of(topic), Bytes.utf8(payload), QoS.AT_MOST_ONCE, false,
        MessageProperties.NONE, Message.NEVER, CLIENT));
  }

  private static boolean allows(PolicyDecider d, String topic) {
    return publish(d, topic) instanceof Decision.Allow;
  }

  @Test
  void aWholePolicyRunsOnThem() {
    PolicyDecider d = decider(PolicyTest.WHOLE);
    context.put("site.emergency", false);
    assertThat(publish(d, "door/3/badge")).as("nobody proved who it is: no trust, so the condition fails")
        .isInstanceOf(Decision.Deny.class);
    facts.authenticated("lamp-1", "mtls");
    assertThat(allows(d, "door/3/unlock")).as("no badge").isFalse();
    assertThat(allows(d, "door/3/badge")).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(allows(d, "door/3/unlock")).isTrue();
    }
    assertThat(allows(d, "door/3/unlock")).isFalse();
    assertThat(left).singleElement().isInstanceOf(Execution.Publish.class);
    nanos += Duration.ofSeconds(10).toNanos();
    assertThat(allows(d, "door/3/unlock")).isTrue();
    facts.enact(new Execution.RaiseTrust("lamp-1", "identity", -0.8));
    assertThat(publish(d, "door/3/unlock")).isInstanceOf(Decision.Delay.class);
  }

  @Test
  void whatBothPoliciesCountGoesOn() {
    String policy = """
        version: 1
        events: {a: {on: actual.publish, key: subject.id}}
        rules:
          - {on: publish, then: allow}
          - {on: publish, when: 'count("a", subject.id, "10s") >= 2', then: deny}
        """;
    PolicyDecider d = decider(policy);
    assertThat(allows(d, "x")).isTrue();
    d.replace(PolicyTest.policy(policy.replace("events: {", "events: {b: {on: publish, key: topic}, ")));
    assertThat(allows(d, "x")).isTrue();
    assertThat(allows(d, "x")).as("counted before and after").isFalse();
    d.replace(PolicyTest.policy("version: 1\nrules: [{on: publish, then: allow}]\n"));
    facts.happened("a", "lamp-1");
    assertThat(allows(d, "x")).isTrue();
  }

  @Test
  void whatIsPermittedFeedsTheContext() {
    PolicyDecider d = decider("""
        version: 1
        context: {mode: {topic: "sys/+/mode", type: string}}
        rules:
          - {on: publish, topic: "sys/7/mode", then: allow}
          - {on: publish, topic: x, when: ctx.mode == 'day', then: allow}
        """);
    assertThat(publish(d, "sys/8/mode", "day")).isInstanceOf(Decision.Deny.class);
    assertThat(allows(d, "x")).as("nothing is known of it").isFalse();
    assertThat(publish(d, "sys/7/mode", "day")).as("each one has to come this way").isEqualTo(Decision.ALLOW_ONCE);
    assertThat(allows(d, "x")).isTrue();
    assertThat(publish(d, "sys/7/mode", "night")).isEqualTo(Decision.ALLOW_ONCE);
    assertThat(allows(d, "x")).isFalse();
  }

  @Test
  void riskRisesAndFades() {
    PolicyDecider d = decider("""
        version: 1
        rules:
          - {on: publish, when: risk < 0.5, then: allow}
          - {on: actual.publish, topic: odd, then: {execute: {raise: risk, by: 0.6}}}
        """);
    assertThat(allows(d, "odd")).isTrue();
    assertThat(left).isEmpty();
    assertThat(allows(d, "x")).isFalse();
    nanos += Duration.ofMinutes(1).toNanos();
    assertThat(allows(d, "x")).isTrue();
  }

  @Test
  void functionsReadWhatIsKept() {
    PolicyDecider d = decider("""
        version: 1
        context: {mode: {topic: sys/mode, type: string}}
        events:
          start: {on: actual.publish, topic: start, key: subject.id}
          use: {on: actual.publish, topic: use, key: subject.id}
        rules:
          - {on: publish, topic: start, then: allow}
          - {on: publish, topic: use, when: 'count_since("use", "start", subject.id) < 2', then: allow}
          - {on: publish, topic: total, when: 'count_total("use", subject.id) == 3', then: allow}
          - {on: publish, topic: since, when: 'since("use", subject.id) >= duration("5s")', then: allow}
          - {on: publish, topic: mode, when: 'held("mode", "day", "5m") && state_at("mode", "1h") == ctx.mode', then: allow}
        """);
    assertThat(publish(d, "since")).isInstanceOfSatisfying(Decision.Deny.class,
        x -> assertThat(x.rule()).contains("use never happened for lamp-1"));
    assertThat(List.of(allows(d, "use"), allows(d, "use"), allows(d, "use"))).containsExactly(true, true, false);
    assertThat(allows(d, "start")).isTrue();
    nanos += 1;
    assertThat(allows(d, "use")).isTrue();
    assertThat(allows(d, "total")).isTrue();
    assertThat(allows(d, "since")).isFalse();
    nanos += Duration.ofSeconds(5).toNanos();
    assertThat(allows(d, "since")).isTrue();
    assertThat(allows(d, "mode")).isFalse();
    context.put("mode", "day");
    assertThat(allows(d, "mode")).isTrue();
  }
}
