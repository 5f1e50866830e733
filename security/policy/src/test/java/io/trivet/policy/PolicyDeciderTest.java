package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider.Decision;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyDeciderTest {
  private static final Principal LAMP = new Principal("lamp-1", Map.of("ward", "7"), Set.of(), 1);
  private static final ClientId CLIENT = new ClientId("c1");

  private final Told told = new Told();
  private final AtomicLong registryGeneration = new AtomicLong(1);
  private final Map<String, Optional<Principal>> registry = new HashMap<>();
  private final List<Execution> enacted = new ArrayList<>();

  private PolicyDecider ruled(String rules) {
    return new PolicyDecider(PolicyTest.policy("version: 1\nrules:\n" + rules.indent(2)), told, registryGeneration::get,
        p -> registry.getOrDefault(p.device(), Optional.of(p)), this::change, (e, _) -> enacted.add(e));
  }

  /// Appends what it was told to drop, so that the order of changes shows.
  private Parsed<Message> change(Modification m, Message message) {
    if (message.payload().asUtf8().startsWith("broken")) {
      return Parsed.invalid("json", "no JSON");
    }
    return Parsed.valid(new Message(message.topic(), Bytes.utf8(message.payload().asUtf8() + m.drop()), message.qos(),
        message.retain(), message.properties(), message.expiresAtMillis(), message.publisher()));
  }

  private static Message message(String topic, String payload, boolean retain) {
    return new Message(TopicName.of(topic), Bytes.utf8(payload), QoS.AT_LEAST_ONCE, retain, MessageProperties.NONE,
        Message.NEVER, CLIENT);
  }

  private Decision publish(PolicyDecider d, String topic, String payload, boolean retain) {
    return d.publish(LAMP, CLIENT, message(topic, payload, retain));
  }

  @Test
  void retainingNeedsARightOfItsOwn() {
    PolicyDecider d = ruled("""
        - {on: publish, topic: "#", then: allow}
        - {on: retain, topic: "kept/#", then: allow}
        - {on: retain, topic: "kept/changed", then: {modify: {drop: [r]}}}
        - {on: publish, topic: "kept/changed", then: {modify: {drop: [p]}}}
        """);
    assertThat(publish(d, "a", "", false)).isEqualTo(Decision.ALLOW);
    assertThat(publish(d, "a", "", true)).isEqualTo(new Decision.Deny("no rule allows to retain"));
    assertThat(publish(d, "kept/a", "", true)).isEqualTo(Decision.ALLOW);
    assertThat(publish(d, "kept/changed", "x", true)).isInstanceOfSatisfying(Decision.Modify.class,
        m -> assertThat(m.message().payload().asUtf8()).isEqualTo("x[p][r]"));
  }

  @Test
  void modifiesInFileOrderOrDenies() {
    PolicyDecider d = ruled("""
        - {on: deliver, topic: "#", then: [allow, modify: {drop: [a]}]}
        - {on: deliver, topic: "b", then: {modify: {drop: [b]}}}
        - {on: deliver, topic: "lax", then: {modify: {drop: [c], on_parse_error: pass}}}
        - {on: publish, topic: "lax", then: [allow, modify: {drop: [c], on_parse_error: pass}]}
        """);
    assertThat(d.deliver(LAMP, CLIENT, message("b", "x", false))).isInstanceOfSatisfying(Decision.Modify.class,
        m -> assertThat(m.message().payload().asUtf8()).isEqualTo("x[a][b]"));
    assertThat(d.deliver(LAMP, CLIENT, message("b", "broken", false)))
        .isEqualTo(new Decision.Deny("rules line 3: no JSON"));
    assertThat(publish(d, "lax", "broken", false)).isEqualTo(Decision.ALLOW_ONCE);
    assertThat(publish(d, "lax", "x", false)).isInstanceOf(Decision.Modify.class);
  }

  @Test
  void whatHasWaitedIsAskedAboutAgainAndThenGoes() {
    PolicyDecider d = ruled("""
        - {on: publish, topic: "#", then: [allow, delay: {for: 2s}]}
        - {on: publish, topic: "m", then: {modify: {drop: [a]}}}
        - {on: publish, topic: "gone", when: "risk > 0.5", then: deny}
        - {on: actual.publish, topic: "m", then: {execute: {raise: risk, by: 0.1}}}
        """);
    assertThat(publish(d, "m", "x", false)).isEqualTo(new Decision.Delay(Duration.ofSeconds(2)));
    assertThat(enacted).as("it has not happened yet").isEmpty();
    assertThat(d.publishDelayed(LAMP, CLIENT, message("m", "x", false))).isInstanceOf(Decision.Modify.class);
    assertThat(enacted).containsExactly(new Execution.RaiseRisk("lamp-1", 0.1));
    assertThat(publish(d, "gone", "x", false)).isInstanceOf(Decision.Delay.class);
    told.risk.put("lamp-1", 0.9);
    assertThat(d.publishDelayed(LAMP, CLIENT, message("gone", "x", false))).isInstanceOf(Decision.Deny.class);
  }

  @Test
  void letsNoMoreWaitThanTheRuleSays() {
    PolicyDecider d = ruled("""
        - {on: publish, topic: "few/#", then: [allow, delay: {for: 2s, max_queued: 2}]}
        - {on: publish, topic: "lax/#", then: [allow, delay: {for: 2s, max_queued: 1, overflow: pass}]}
        """);
    assertThat(publish(d, "few/1", "", false)).isInstanceOf(Decision.Delay.class);
    assertThat(publish(d, "few/2", "", false)).isInstanceOf(Decision.Delay.class);
    assertThat(publish(d, "few/3", "", false)).isEqualTo(new Decision.Deny("rules line 3: 2 wait already"));
    assertThat(publish(d, "lax/1", "", false)).as("each rule has a queue of its own").isInstanceOf(Decision.Delay.class);
    assertThat(publish(d, "lax/2", "", false)).isEqualTo(Decision.ALLOW_ONCE);
    told.now += 2_000;
    assertThat(publish(d, "few/3", "", false)).isInstanceOf(Decision.Delay.class);
  }

  @Test
  void countsWhatWasPermittedAndNothingElse() {
    PolicyDecider d = new PolicyDecider(PolicyTest.policy("""
        version: 1
        events:
          tried: {on: tentative.publish, topic: "door/+", key: subject.id}
          opened: {on: actual.publish, topic: "door/+", key: subject.id}
        rules:
          - {on: publish, topic: "door/+", then: allow}
          - {on: publish, topic: "door/shut", then: deny}
          - {on: publish, topic: "door/+", when: 'count_total("opened", subject.id) >= 2', then: deny}
        """), told, registryGeneration::get, Optional::of, this::change, (e, _) -> enacted.add(e));
    assertThat(publish(d, "door/shut", "", false)).isInstanceOf(Decision.Deny.class);
    assertThat(told.countTotal("tried", "lamp-1")).isEqualTo(1);
    assertThat(told.countTotal("opened", "lamp-1")).isZero();
    assertThat(publish(d, "door/1", "", false)).as("counted, so asked each time").isEqualTo(Decision.ALLOW_ONCE);
    assertThat(publish(d, "door/1", "", false)).isEqualTo(Decision.ALLOW_ONCE);
    assertThat(publish(d, "door/1", "", false)).isInstanceOf(Decision.Deny.class);
    assertThat(told.countTotal("opened", "lamp-1")).isEqualTo(2);
    assertThat(told.countTotal("tried", "lamp-1")).isEqualTo(4);
  }

  @Test
  void takesTheRegistrysWordOfNow() {
    PolicyDecider d = ruled("- {on: [publish, deliver, subscribe], topic: 'w/${subject.attr.ward}', then: allow}");
    assertThat(publish(d, "w/7", "", false)).isEqualTo(Decision.ALLOW);
    registry.put("lamp-1", Optional.of(new Principal("lamp-1", Map.of("ward", "8"), Set.of(), 2)));
    long before = d.generation();
    registryGeneration.incrementAndGet();
    assertThat(d.generation()).isGreaterThan(before);
    assertThat(publish(d, "w/7", "", false)).isInstanceOf(Decision.Deny.class);
    assertThat(publish(d, "w/8", "", false)).isEqualTo(Decision.ALLOW);
    registry.put("lamp-1", Optional.empty());
    assertThat(publish(d, "w/8", "", false)).isInstanceOf(Decision.Deny.class);
    assertThat(d.deliver(LAMP, CLIENT, message("w/8", "", false))).isInstanceOf(Decision.Deny.class);
    assertThat(d.subscribe(LAMP, CLIENT, TopicFilter.of("w/8"), QoS.AT_MOST_ONCE)).isInstanceOf(Decision.Deny.class);
  }

  @Test
  void theServerMayDoAnything() {
    PolicyDecider d = ruled("- {on: [publish, deliver, subscribe], then: deny}");
    assertThat(d.publish(Principal.SERVER, CLIENT, message("$SYS/x", "", true))).isEqualTo(Decision.ALLOW);
    assertThat(d.deliver(Principal.SERVER, CLIENT, message("a", "", true))).isEqualTo(Decision.ALLOW);
    assertThat(d.subscribe(Principal.SERVER, CLIENT, TopicFilter.of("#"), QoS.AT_MOST_ONCE)).isEqualTo(Decision.ALLOW);
  }

  @Test
  void aBrokenFileLeavesThePolicyAsItIs(@TempDir Path dir) throws IOException, PolicyException {
    PolicyDecider d = ruled("- {on: publish, topic: a, then: allow}");
    Path file = Files.writeString(dir.resolve("policy.yaml"), "version: 1\nrules: [{on: publish, then: alow}]\n");
    long before = d.generation();
    assertThatThrownBy(() -> d.reload(file)).isInstanceOf(PolicyException.class).hasMessageContaining("line 2");
    assertThat(publish(d, "a", "", false)).isEqualTo(Decision.ALLOW);
    assertThat(d.generation()).isEqualTo(before);
    Files.writeString(file, "version: 1\nrules: [{on: publish, topic: b, then: allow}]\n");
    d.reload(file);
    assertThat(publish(d, "a", "", false)).isInstanceOf(Decision.Deny.class);
    assertThat(publish(d, "b", "", false)).isEqualTo(Decision.ALLOW);
    assertThat(d.generation()).isGreaterThan(before);
    long reloaded = d.generation();
    told.generation++;
    assertThat(d.generation()).isGreaterThan(reloaded);
  }

  @Test
  void aPolicyThatWasReplacedIsForgotten() throws InterruptedException {
    PolicyDecider d = ruled("- {on: publish, topic: a, then: allow}");
    assertThat(publish(d, "a", "", false)).isEqualTo(Decision.ALLOW);
    var old = new java.lang.ref.WeakReference<>(d.policy());
    d.replace(PolicyTest.policy("version: 1\nrules: [{on: publish, topic: b, then: allow}]\n"));
    assertThat(publish(d, "b", "", false)).isEqualTo(Decision.ALLOW);
    for (int i = 0; i < 50 && old.get() != null; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(old.get()).isNull();
  }

  @Test
  void decidesWithLittleGarbage() {
    PolicyDecider d = ruled("""
        - {on: publish, topic: "devices/${subject.id}/#", then: allow}
        - {on: publish, topic: "x/#", then: deny}
        """);
    Message m = message("devices/lamp-1/state", "on", false);
    var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    int allowed = 0;
    for (int i = 0; i < 20_000; i++) {
      allowed += d.publish(LAMP, CLIENT, m) == Decision.ALLOW ? 1 : 0;
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      allowed += d.publish(LAMP, CLIENT, m) == Decision.ALLOW ? 1 : 0;
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allowed).isEqualTo(30_000);
    assertThat(bytes / 10_000).as("bytes a decision").isLessThan(150);
  }
}
