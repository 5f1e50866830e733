package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static final Principal NURSE = new Principal("ann", Map.of("ward", "7", "age", "40"), Set.of("nurse"), 1);
  private static final Principal LAMP = new Principal("lamp-1", Map.of(), Set.of(), 1);
  private static final ClientId CLIENT = new ClientId("c1");

  private final Told told = new Told();

  static Policy policy(String text) {
    try {
      return Policy.parse(text);
    } catch (PolicyException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private static Policy ruled(String rules) {
    return policy("version: 1\nrules:\n" + rules.indent(2));
  }

  static Message message(String topic, String payload) {
    return new Message(TopicName.of(topic), Bytes.utf8(payload), QoS.AT_LEAST_ONCE, false, MessageProperties.NONE,
        Message.NEVER, CLIENT);
  }

  private static Event publish(Principal who, String topic, String payload) {
    return Event.ofMessage(EventKind.PUBLISH, who, CLIENT, message(topic, payload));
  }

  private Verdict published(Policy p, Principal who, String topic, String payload) {
    return p.decide(publish(who, topic, payload), told).verdict();
  }

  private boolean publishes(Policy p, Principal who, String topic, String payload) {
    return published(p, who, topic, payload) instanceof Verdict.Allow;
  }

  static final String WHOLE = """
      version: 1
      default: deny
      classes:
        "ward/+/vitals/#": [personal, health]
      context:
        site.emergency: {from: topic, topic: sys/emergency, type: bool, stale: 30s, on_stale: deny}
      trust:
        identity: {mtls: 0.9, psk: 0.6, password: 0.3, half_life: 30d}
      events:
        unlock:   {on: actual.publish, topic: "door/+/unlock", key: subject.id}
        badge:    {on: actual.publish, topic: "door/+/badge", key: "levels[1]"}
        authfail: {on: actual.auth_fail, key: peer.prefix}
      templates:
        ward_read:
          params: {ward: string, role: string}
          on: tentative.deliver
          topic: "ward/${ward}/#"
          when: 'param.role in subject.roles && now.getHours("Europe/Rome") < 24'
          then:
            - modify: {payload: json, drop: [name, ssn], redact: {mrn: "***"}, round: {hr: 5}, on_parse_error: deny}
            - allow
      rules:
        - {use: ward_read, with: {ward: "7", role: nurse}}
        - {on: publish, topic: "door/+/+", then: allow}
        - id: door-rate
          on: tentative.publish
          topic: "door/+/unlock"
          when: 'count("unlock", subject.id, "10s") >= 3'
          then: [deny: {reason: 0x97}, execute: {publish: sec/alerts, level: warn}]
        - id: door-order
          on: tentative.publish
          topic: "door/+/unlock"
          when: '!seen("badge", levels[1], "5m") && !ctx.site.emergency'
          then: [deny]
        - id: low-trust
          on: tentative.publish
          when: 'trust.identity < 0.5'
          then: [delay: {for: 2s, max_queued: 100, overflow: deny}, allow]
        - id: bruteforce
          on: actual.auth_fail
          when: 'count("authfail", peer.prefix, "60s") >= 5'
          then: [execute: {ban: peer.prefix, for: 10m}]
      """;

  @Test
  void carriesAWholePolicy() {
    Policy p = policy(WHOLE);
    told.context.put("site.emergency", false);
    told.trust.put("lamp-1", 0.9);
    told.trust.put("ann", 0.9);
    assertThat(published(p, LAMP, "door/3/unlock", "")).isEqualTo(new Verdict.Deny(
        "rule 'door-order', line 30", Verdict.NOT_AUTHORIZED, ""));
    told.happened("badge", "3");
    assertThat(publishes(p, LAMP, "door/3/unlock", "")).isTrue();
    assertThat(publishes(p, LAMP, "door/4/unlock", "")).as("no badge there").isFalse();
    told.context.put("site.emergency", true);
    assertThat(publishes(p, LAMP, "door/4/unlock", "")).isTrue();
    for (int i = 0; i < 3; i++) {
      p.happened(publish(LAMP, "door/3/unlock", "").happened(), told);
    }
    Outcome fourth = p.decide(publish(LAMP, "door/3/unlock", ""), told);
    assertThat(fourth.verdict()).isEqualTo(new Verdict.Deny("rule 'door-rate', line 25", 0x97, ""));
    assertThat(fourth.executions()).singleElement().isInstanceOfSatisfying(Execution.Publish.class, e -> {
      assertThat(e.topic()).isEqualTo(TopicName.of("sec/alerts"));
      assertThat(e.payload().asUtf8()).isEqualTo("{\"rule\":\"rule 'door-rate', line 25\",\"level\":\"warn\","
          + "\"event\":\"tentative.publish\",\"time\":\"2023-11-14T22:13:20Z\",\"subject\":\"lamp-1\","
          + "\"client\":\"c1\",\"topic\":\"door/3/unlock\"}");
    });
    assertThat(publishes(p, NURSE, "door/3/unlock", "")).as("counted for each subject").isTrue();
    told.now += 10_000;
    assertThat(publishes(p, LAMP, "door/3/unlock", "")).isTrue();

    told.trust.put("lamp-1", 0.4);
    assertThat(published(p, LAMP, "door/3/badge", ""))
        .isEqualTo(new Verdict.Delay("rule 'low-trust', line 35", Duration.ofSeconds(2), 100, Verdict.Overflow.DENY, List.of()));

    Outcome read = p.decide(Event.ofMessage(EventKind.DELIVER, NURSE, CLIENT, message("ward/7/vitals", "{}")), told);
    assertThat(read.verdict()).isInstanceOfSatisfying(Verdict.Modify.class, m ->
        assertThat(m.modifications()).containsExactly(new Modification(Optional.of("json"),
            List.of("name", "ssn"), Map.of("mrn", "***"), Map.of("hr", 5.0), List.of(), Map.of(),
            Modification.Otherwise.DENY, "rules line 23")));
    assertThat(p.decide(Event.ofMessage(EventKind.DELIVER, NURSE, CLIENT, message("ward/8/vitals", "{}")), told)
        .verdict()).isInstanceOf(Verdict.Deny.class);
  }

  @Test
  void bansAfterTheFifthFailure() {
    Policy p = policy(WHOLE);
    Event failed = Event.ofConnection(EventKind.AUTHENTICATION_FAILED, Principal.ANONYMOUS, null,
        new Peer("192.0.2.7", "192.0.2.0/24", "tls")).happened();
    for (int i = 0; i < 4; i++) {
      assertThat(p.happened(failed, told)).isEmpty();
    }
    assertThat(p.happened(failed, told)).containsExactly(new Execution.Ban("192.0.2.0/24", Duration.ofMinutes(10)));
    told.now += 60_000;
    assertThat(p.happened(failed, told)).isEmpty();
  }

  @Test
  void whatIsMissingDeniesAndIsCounted() {
    Policy p = ruled("""
        - {on: publish, topic: a, then: allow}
        - {id: ward, on: publish, topic: a, when: subject.attr.ward == '7', then: allow}
        - {on: publish, topic: b, when: "has(subject.attr.ward) && subject.attr.ward == '7'", then: allow}
        """);
    assertThat(publishes(p, NURSE, "a", "")).isTrue();
    assertThat(published(p, LAMP, "a", "")).isInstanceOfSatisfying(Verdict.Deny.class, d ->
        assertThat(d.rule()).contains("'ward'", "condition failed", "key 'ward'"));
    assertThat(p.failures()).isEqualTo(Map.of("rule 'ward', line 4", 1L));
    assertThat(publishes(p, NURSE, "b", "")).isTrue();
    assertThat(published(p, LAMP, "b", "")).isEqualTo(
        new Verdict.Deny("no rule allows to publish", Verdict.NOT_AUTHORIZED, ""));
  }

  @Test
  void theStrictestWordCounts() {
    Policy p = ruled("""
        - {on: publish, topic: "m/#", then: [modify: {drop: [a]}, allow]}
        - {on: publish, topic: "m/#", then: {modify: {drop: [b]}}}
        - {on: publish, topic: "m/d/#", then: {delay: {for: 1s}}}
        - {on: publish, topic: "m/d/#", then: {delay: {for: 3s, max_queued: 7}}}
        - {on: publish, topic: "m/d/no", then: deny}
        - {on: publish, topic: "riders/#", then: {modify: {drop: [c]}}}
        """);
    assertThat(published(p, LAMP, "m/x", "")).isInstanceOfSatisfying(Verdict.Modify.class, m ->
        assertThat(m.modifications()).extracting(Modification::drop).containsExactly(List.of("a"), List.of("b")));
    assertThat(published(p, LAMP, "m/d/x", "")).isInstanceOfSatisfying(Verdict.Delay.class, d -> {
      assertThat(d.duration()).isEqualTo(Duration.ofSeconds(3));
      assertThat(d.queuedMax()).isEqualTo(7);
      assertThat(d.modifications()).hasSize(2);
    });
    assertThat(published(p, LAMP, "m/d/no", "")).isInstanceOf(Verdict.Deny.class);
    assertThat(published(p, LAMP, "riders/x", "")).as("to modify gives no right").isInstanceOf(Verdict.Deny.class);
  }

  @Test
  void holdsOnlyWhatNothingMutableDecides() {
    Policy p = ruled("""
        - {on: publish, topic: "lasting/#", when: "'nurse' in subject.roles && topic != 'x'", then: allow}
        - {on: publish, topic: "size/#", when: message.size < 10, then: allow}
        - {on: publish, topic: "size/no/#", when: "'x' in subject.roles", then: deny}
        - {on: publish, topic: "time/#", when: now.getFullYear() > 2000, then: allow}
        - {on: publish, topic: "acts/#", then: [allow, execute: {webhook: "https://example.org/x"}]}
        - {on: publish, topic: "heard/#", then: allow}
        - {on: actual.publish, topic: "heard/loud", then: {execute: {raise: risk, by: 0.5}}}
        """);
    assertThat(holds(p, "lasting/a")).isTrue();
    assertThat(holds(p, "size/a")).isFalse();
    assertThat(holds(p, "time/a")).isFalse();
    assertThat(holds(p, "acts/a")).isFalse();
    assertThat(holds(p, "heard/a")).isTrue();
    assertThat(holds(p, "heard/loud")).isFalse();
    assertThat(p.happened(publish(NURSE, "heard/loud", "").happened(), told))
        .containsExactly(new Execution.RaiseRisk("ann", 0.5));
  }

  private boolean holds(Policy p, String topic) {
    Outcome o = p.decide(publish(NURSE, topic, ""), told);
    assertThat(o.verdict()).as(topic).isInstanceOf(Verdict.Allow.class);
    return o.holds();
  }

  @Test
  void readsPayloadsWithinLimits() {
    Policy p = ruled("- {on: publish, topic: v, when: 'payload.hr > 40 && payload.hr < 200', then: allow}");
    assertThat(publishes(p, LAMP, "v", "{\"hr\": 70}")).isTrue();
    assertThat(publishes(p, LAMP, "v", "{\"hr\": 70.5}")).isTrue();
    assertThat(publishes(p, LAMP, "v", "{\"hr\": 300}")).isFalse();
    for (String hostile : List.of("", "{", "[]", "{\"hr\": \"70\"}", "{\"hr\": null}", "{\"hr\": 70, \"hr\": 71}",
        "{\"hr\": 70} x", "{\"hr\": 99999999999999999999}", "{\"hr\": 1e400}", "{\"hr\": NaN}",
        "{\"hr\": 70, \"x\": " + "[".repeat(100) + "]".repeat(100) + "}",
        "{\"hr\": 70, \"x\": \"" + "y".repeat(70_000) + "\"}",
        "{\"hr\": 70, \"x\": [" + "1,".repeat(20_000) + "1]}")) {
      String shown = hostile.substring(0, Math.min(60, hostile.length()));
      assertThat(published(p, LAMP, "v", hostile)).as(shown).isInstanceOfSatisfying(Verdict.Deny.class,
          d -> assertThat(d.rule()).contains("condition failed"));
    }
  }

  @Test
  void readsWhatTravelsWithAMessage() {
    Policy p = ruled("""
        - {on: publish, topic: u, when: "message.user.zone == 'red'", then: allow}
        - {on: publish, topic: c, when: "message.content_type == '' && message.qos == 1 && !message.retain", then: allow}
        - {on: publish, topic: "data/x", when: "data.classes == []", then: allow}
        - {on: publish, topic: anon, when: subject.anonymous, anonymous: true, then: allow}
        """);
    assertThat(publishes(p, LAMP, "c", "")).isTrue();
    assertThat(publishes(p, LAMP, "data/x", "")).isTrue();
    assertThat(publishes(p, Principal.ANONYMOUS, "anon", "")).isTrue();
    assertThat(publishes(p, LAMP, "anon", "")).isFalse();
    assertThat(withUser(p, new UserProperty("zone", "red"))).isTrue();
    assertThat(withUser(p)).isFalse();
    assertThat(withUser(p, new UserProperty("zone", "red"), new UserProperty("zone", "blue"))).as("ambiguous").isFalse();
  }

  private boolean withUser(Policy p, UserProperty... properties) {
    Message m = new Message(TopicName.of("u"), Bytes.EMPTY, QoS.AT_MOST_ONCE, false,
        new MessageProperties(-1, null, null, null, List.of(properties)), Message.NEVER, CLIENT);
    return p.decide(Event.ofMessage(EventKind.PUBLISH, LAMP, CLIENT, m), told).verdict() instanceof Verdict.Allow;
  }

  @Test
  void classesOfDataFollowTheTopic() {
    Policy p = policy("""
        version: 1
        classes:
          "ward/+/vitals/#": [personal, health]
          "ward/#": personal
        rules:
          - {on: deliver, when: "!('health' in data.classes) || 'nurse' in subject.roles", then: allow}
        """);
    assertThat(delivers(p, LAMP, "ward/7/vitals/hr")).isFalse();
    assertThat(delivers(p, NURSE, "ward/7/vitals/hr")).isTrue();
    assertThat(delivers(p, LAMP, "ward/7/light")).isTrue();
  }

  private boolean delivers(Policy p, Principal who, String topic) {
    return p.decide(Event.ofMessage(EventKind.DELIVER, who, CLIENT, message(topic, "")), told).verdict()
        instanceof Verdict.Allow;
  }

  @Test
  void aDenialOfAPartOfASubscriptionDeniesIt() {
    Policy p = ruled("""
        - {on: subscribe, topic: "#", then: allow}
        - {on: subscribe, topic: "secret/${subject.id}/#", then: deny}
        - {on: subscribe, topic: "few/+", when: "message.qos < 2", then: allow}
        """);
    assertThat(subscribes(p, "open/#")).isTrue();
    assertThat(subscribes(p, "secret/other/x")).isTrue();
    assertThat(subscribes(p, "secret/lamp-1/x")).isFalse();
    assertThat(subscribes(p, "secret/+/x")).isFalse();
    assertThat(subscribes(p, "#")).isFalse();
  }

  private boolean subscribes(Policy p, String filter) {
    return p.decide(Event.ofSubscription(LAMP, CLIENT, TopicFilter.of(filter), QoS.AT_MOST_ONCE), told).verdict()
        instanceof Verdict.Allow;
  }

  @Test
  void declaredAttributesHaveTypes() {
    Policy p = policy("""
        version: 1
        attributes: {age: int, wards: strings, ward: string}
        rules:
          - {on: publish, topic: adult, when: subject.attr.age >= 18, then: allow}
          - {on: publish, topic: "w/+", when: "levels[1] in subject.attr.wards", then: allow}
        """);
    assertThat(publishes(p, NURSE, "adult", "")).isTrue();
    Principal odd = new Principal("odd", Map.of("age", "forty", "wards", "7, 8"), Set.of(), 1);
    assertThat(publishes(p, odd, "adult", "")).isFalse();
    assertThat(publishes(p, odd, "w/8", "")).isTrue();
    assertThat(publishes(p, odd, "w/9", "")).isFalse();
  }

  @Test
  void saysWhatItWantsKept() {
    Declarations d = policy(WHOLE).declarations();
    assertThat(d.counters()).containsExactly(
        new Declarations.Counter("unlock", 4, Optional.of(Duration.ofSeconds(10))),
        new Declarations.Counter("badge", 1, Optional.of(Duration.ofMinutes(5))),
        new Declarations.Counter("authfail", 6, Optional.of(Duration.ofMinutes(1))));
    assertThat(d.context()).containsExactly(new Declarations.Context("site.emergency", "bool",
        TopicFilter.of("sys/emergency"), List.of(), Optional.of(Duration.ofSeconds(30)), Optional.empty()));
    assertThat(d.trust()).containsExactly(new Declarations.Trust("identity",
        Map.of("mtls", 0.9, "psk", 0.6, "password", 0.3), Optional.of(Duration.ofDays(30))));
    assertThat(policy("""
        version: 1
        events:
          a: {on: publish, key: subject.id}
          b: {on: publish, key: subject.id}
        rules:
          - {on: publish, when: '5 < count("a", topic, "1h") && count("a", topic, "2h") > 7', then: deny}
          - {on: publish, when: 'count_since("b", "a", topic) > 100 || since("b", topic) > duration("1s")', then: deny}
        """).declarations().counters()).containsExactly(
        new Declarations.Counter("a", 8, Optional.empty()),
        new Declarations.Counter("b", 101, Optional.empty()));
  }

  @Test
  void reservedTopicsAreGivenByNameOnly() {
    for (String text : List.of("version: 1\ndefault: allow\n", "version: 1\nrules: [{on: [publish, subscribe], then: allow}]\n",
        "version: 1\nrules: [{on: [publish, subscribe], topic: '#', then: allow}]\n")) {
      Policy p = policy(text);
      assertThat(publishes(p, LAMP, "a", "")).isTrue();
      assertThat(publishes(p, LAMP, "$SYS/x", "")).isFalse();
      assertThat(subscribes(p, "#")).isTrue();
      assertThat(subscribes(p, "$SYS/#")).isFalse();
    }
    assertThat(publishes(ruled("- {on: publish, topic: $own/x, then: allow}"), LAMP, "$own/x", "")).isTrue();
    Policy denied = policy("version: 1\nrules: [{on: publish, topic: $own/x, then: allow}, {on: publish, then: deny}]\n");
    assertThat(publishes(denied, LAMP, "$own/x", "")).isFalse();
  }

  @Test
  void explainsWhy() {
    Policy p = ruled("""
        - {on: publish, topic: "a/#", then: allow}
        - {id: night, on: publish, topic: a/b, when: now.getHours('UTC') < 6, then: deny}
        - {on: publish, topic: a/b, group: nurse, then: deny}
        - {id: odd, on: publish, topic: a/b, when: subject.attr.ward == '7', then: allow}
        - {on: publish, topic: other, then: allow}
        """);
    assertThat(p.explain(publish(LAMP, "a/b", ""), told).render()).isEqualTo("""
        tentative.publish a/b by lamp-1
          + rules line 3: has no condition
          - rule 'night', line 4: now.getHours('UTC') < 6
          - rules line 5: is not about this subject
          ! rule 'odd', line 6: evaluation error at <input>:12: key 'ward' is not present in map.
        = deny by rule 'odd', line 6: condition failed: evaluation error at <input>:12: key 'ward' is not present in map., \
        reason 0x87
        """);
    assertThat(p.explain(publish(LAMP, "none", ""), told).render()).contains("no rule is about this event and topic");
  }
}
