package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whatever a file holds: a policy or problems with their places, never another exception; and whatever a policy and a
/// message hold: a verdict.
class PolicyFuzzTest {
  private static final Principal WHO = new Principal("lamp-1", Map.of("ward", "7/+"), Set.of("g"), 1);
  private static final ClientId CLIENT = new ClientId("a#b");

  @FuzzTest
  void readsPolicies(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    Policy p;
    try {
      p = Policy.parse(text);
    } catch (PolicyException e) {
      assertThat(e.problems()).isNotEmpty().allSatisfy(x -> {
        assertThat(x.line()).isPositive();
        assertThat(x.column()).isPositive();
        assertThat(x.toString()).endsWith("^");
      });
      return;
    }
    ask(p, "{\"hr\": 70}");
    assertThat(PolicyCheck.check(text)).allSatisfy(x ->
        assertThat(x.severity()).isEqualTo(Problem.Severity.WARNING));
  }

  @FuzzTest
  void readsConditions(byte[] data) {
    String condition = new String(data, StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}'\\x{85}\\x{2028}\\x{2029}]", " ");
    Policy p;
    try {
      p = Policy.parse("""
          version: 1
          context: {site.open: {topic: sys/open, type: bool}}
          events: {seen: {on: actual.publish, key: subject.id}}
          rules: [{on: [publish, deliver, subscribe, connect], when: '%s', then: allow}]
          """.replace("%s", condition));
    } catch (PolicyException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return;
    }
    ask(p, "{\"hr\": 70, \"list\": [1, 2, 3]}");
  }

  @FuzzTest
  void readsCases(byte[] data) {
    try {
      PolicyCases.run(PolicyTest.policy(PolicyTest.WHOLE), new String(data, StandardCharsets.UTF_8))
          .forEach(r -> assertThat(r.name()).isNotNull());
    } catch (PolicyException e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }

  @FuzzTest
  void readsPayloads(byte[] data) {
    ask(HEART, new String(data, StandardCharsets.UTF_8));
  }

  private static final Policy HEART = PolicyTest.policy("""
      version: 1
      rules: [{on: publish, when: 'payload.hr > 40 && payload.list.exists(x, x == 2)', then: allow}]
      """);

  private static void ask(Policy p, String payload) {
    Told told = new Told();
    for (String topic : List.of("a", "ward/7/hr", "$SYS/x")) {
      Message m = new Message(TopicName.of(topic), Bytes.utf8(payload), QoS.AT_MOST_ONCE, false, MessageProperties.NONE,
          Message.NEVER, CLIENT);
      for (EventKind kind : List.of(EventKind.PUBLISH, EventKind.DELIVER)) {
        Event e = Event.ofMessage(kind, WHO, CLIENT, m);
        assertThat(p.decide(e, told).verdict()).isNotNull();
        assertThat(p.explain(e, told).render()).isNotEmpty();
        p.happened(e, told);
        p.happened(e.happened(), told);
      }
    }
    Event subscription = Event.ofSubscription(WHO, CLIENT, TopicFilter.of("ward/+/#"), QoS.AT_MOST_ONCE);
    assertThat(p.decide(subscription, told).verdict()).isNotNull();
    Event connection = Event.ofConnection(EventKind.CONNECT, Principal.ANONYMOUS, CLIENT, Peer.UNKNOWN);
    assertThat(p.decide(connection, told).verdict()).isNotNull();
  }
}
