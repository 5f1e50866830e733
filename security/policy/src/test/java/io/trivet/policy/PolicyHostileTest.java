package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.ClientId;
import io.trivet.broker.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a sender can do to make a decision long or wrong.
class PolicyHostileTest {
  private static final Principal WHO = new Principal("lamp-1", Map.of(), Set.of(), 1);

  private static Verdict asked(String condition, String topic, String payload) {
    Policy p = PolicyTest.policy("""
        version: 1
        rules:
          - {on: publish, topic: "#", then: allow}
          - on: publish
            when: |
              %s
            then: allow
        """.formatted(condition));
    return p.decide(
        Event.ofMessage(EventKind.PUBLISH, WHO, new ClientId("c"), PolicyTest.message(topic, payload)), new Told()).verdict();
  }

  private static void failsSoon(String condition, String topic, String payload) {
    asked(condition, topic, payload); // class loading is not what is measured
    long before = System.nanoTime();
    assertThat(asked(condition, topic, payload)).as(condition).isInstanceOfSatisfying(Verdict.Deny.class,
        d -> assertThat(d.rule()).contains("condition failed"));
    assertThat(System.nanoTime() - before).as(condition).isLessThan(2_000_000_000L);
  }

  @Test
  void loopsEnd() {
    String list = "{\"l\": [" + "1,".repeat(5_000) + "1]}";
    failsSoon("payload.l.all(x, x > 0)", "a", list);
    failsSoon("payload.l.all(x, payload.l.all(y, x + y > 0))", "a", list);
    String short30 = "{\"l\": [" + "1,".repeat(29) + "1]}";
    failsSoon("payload.l.all(x, payload.l.all(y, payload.l.all(z, x + y + z > 0)))", "a", short30);
    failsSoon("payload.l.map(x, payload.l.map(y, payload.l)).size() > payload.l.map(x, x / 0).size()", "a", short30);
  }

  @Test
  void patternsAreLinear() {
    String long60k = "a".repeat(60_000);
    long before = System.nanoTime();
    assertThat(asked("topic.matches('^(a|a)*(a|aa)*(a*)*b$')", long60k, "")).isInstanceOf(Verdict.Allow.class);
    assertThat(asked("payload.t.matches('(x+x+)+y') || true", "a", "{\"t\": \"" + "x".repeat(60_000) + "\"}"))
        .isInstanceOf(Verdict.Allow.class);
    assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
  }

  @Test
  void numbersAtTheirEdgesFailInsteadOfWrapping() {
    for (String condition : List.of("payload.n + 1 > 0", "payload.n * 2 > 0", "-(-payload.n - 1) > 0 && 1 / 0 > 0",
        "payload.n % 0 == 0", "int(1e300) > 0", "payload.n - (-1) > 0")) {
      assertThat(asked(condition, "a", "{\"n\": 9223372036854775807}")).as(condition).isInstanceOf(Verdict.Deny.class);
    }
    assertThat(asked("payload.n == 9223372036854775807", "a", "{\"n\": 9223372036854775807}"))
        .isInstanceOf(Verdict.Allow.class);
    assertThat(asked("payload.n > 1e18", "a", "{\"n\": 9223372036854775807}")).isInstanceOf(Verdict.Allow.class);
    assertThat(asked("payload.n == 0.1 + 0.2", "a", "{\"n\": 0.30000000000000004}")).isInstanceOf(Verdict.Allow.class);
  }

  @Test
  void aSenderCannotPassOffOneTypeAsAnother() {
    for (String payload : List.of("{\"hr\": \"70\"}", "{\"hr\": true}", "{\"hr\": [70]}", "{\"hr\": {}}", "{\"hr\": null}",
        "70", "null", "\"hr\"")) {
      assertThat(asked("payload.hr < 200", "a", payload)).as(payload).isInstanceOf(Verdict.Deny.class);
    }
  }

  @Test
  void concatenatedTextsStayWithinWhatOneDecisionMayHold() {
    String text = "{\"t\": \"" + "x".repeat(60_000) + "\", \"l\": [" + "1,".repeat(400) + "1]}";
    long before = System.nanoTime();
    assertThat(asked("payload.l.map(x, payload.t + payload.t).size() > 0", "a", text)).isNotNull();
    assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
  }
}
