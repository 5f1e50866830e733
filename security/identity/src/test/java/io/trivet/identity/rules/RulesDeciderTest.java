package io.trivet.identity.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesDeciderTest {
  private static final Principal LAMP = new Principal("lamp-1", Map.of("ward", "7"), Set.of(), 1);
  private static final Principal OPERATOR = new Principal("ann", Map.of(), Set.of("operators"), 1);
  private static final Principal ADMIN = new Principal("root", Map.of(), Set.of("admin"), 1);

  private final AtomicLong generation = new AtomicLong(1);
  private final Map<String, Optional<Principal>> registry = new HashMap<>();

  private RulesDecider rules(String text) {
    return RulesDecider.of(RulesFile.parse(text), generation::get,
        p -> registry.getOrDefault(p.device(), Optional.of(p)));
  }

  private RulesDecider ruled(String... rules) {
    StringBuilder text = new StringBuilder("version: 1\nrules:\n");
    for (String r : rules) {
      text.append("  - {").append(r).append("}\n");
    }
    return rules(text.toString());
  }

  private static Message message(String topic, boolean retain) {
    return new Message(TopicName.of(topic), Bytes.EMPTY, QoS.AT_MOST_ONCE, retain, MessageProperties.NONE,
        Message.NEVER, new ClientId("x"));
  }

  private static boolean publishes(RulesDecider d, Principal who, String topic) {
    return d.publish(who, id(who), message(topic, false)) instanceof Decision.Allow;
  }

  private static boolean retains(RulesDecider d, Principal who, String topic) {
    return d.publish(who, id(who), message(topic, true)) instanceof Decision.Allow;
  }

  private static boolean subscribes(RulesDecider d, Principal who, String filter) {
    return d.subscribe(who, id(who), TopicFilter.of(filter), QoS.AT_LEAST_ONCE) instanceof Decision.Allow;
  }

  private static boolean receives(RulesDecider d, Principal who, String topic) {
    return d.deliver(who, id(who), message(topic, false)) instanceof Decision.Allow;
  }

  private static ClientId id(Principal who) {
    return new ClientId(who.isAnonymous() ? "stranger" : who.device());
  }

  @Test
  void theDefaultKeepsDevicesToThemselves() {
    RulesDecider d = rules(RulesFile.DEFAULT);
    assertThat(publishes(d, LAMP, "devices/lamp-1/state")).isTrue();
    assertThat(retains(d, LAMP, "devices/lamp-1/state")).isTrue();
    assertThat(subscribes(d, LAMP, "devices/lamp-1/#")).isTrue();
    assertThat(receives(d, LAMP, "devices/lamp-1")).isTrue();
    for (String other : new String[] {"devices/lamp-2/state", "devices/lamp-11", "devices", "other", "$SYS/trivet/x"}) {
      assertThat(publishes(d, LAMP, other)).as(other).isFalse();
      assertThat(receives(d, LAMP, other)).as(other).isFalse();
    }
    for (String wide : new String[] {"#", "devices/#", "devices/+/state", "+/lamp-1/x", "$SYS/#"}) {
      assertThat(subscribes(d, LAMP, wide)).as(wide).isFalse();
      assertThat(subscribes(d, Principal.ANONYMOUS, wide)).as(wide).isFalse();
    }
    assertThat(publishes(d, Principal.ANONYMOUS, "devices/lamp-1/state")).isFalse();
    assertThat(subscribes(d, OPERATOR, "devices/#")).isTrue();
    assertThat(subscribes(d, OPERATOR, "#")).isFalse();
    assertThat(subscribes(d, OPERATOR, "$SYS/#")).isFalse();
  }

  @Test
  void administratorsSeeStatisticsAndNobodyPublishesThem() {
    RulesDecider d = rules(RulesFile.DEFAULT);
    assertThat(subscribes(d, ADMIN, "$SYS/trivet/#")).isTrue();
    assertThat(subscribes(d, ADMIN, "#")).isTrue();
    assertThat(receives(d, ADMIN, "$SYS/trivet/x")).isTrue();
    assertThat(publishes(d, ADMIN, "any/thing")).isTrue();
    assertThat(publishes(d, ADMIN, "$SYS/trivet/x")).isFalse();
    assertThat(subscribes(ruled("allow: subscribe, topic: $SYS/trivet/#"), LAMP, "$SYS/trivet/clients")).isTrue();
  }

  @Test
  void theServerMayDoAnything() {
    RulesDecider d = ruled("deny: [publish, subscribe], topic: '#'");
    registry.put("$server", Optional.empty());
    assertThat(publishes(d, Principal.SERVER, "$SYS/trivet/x")).isTrue();
    assertThat(retains(d, Principal.SERVER, "$SYS/trivet/x")).isTrue();
    assertThat(subscribes(d, Principal.SERVER, "#")).isTrue();
    assertThat(receives(d, Principal.SERVER, "a")).isTrue();
  }

  @Test
  void aDenialWinsWhereverItStands() {
    RulesDecider d = ruled(
        "deny: publish, topic: a/secret", "allow: [publish, subscribe], topic: a/#", "deny: subscribe, topic: a/b/+");
    assertThat(publishes(d, LAMP, "a/x")).isTrue();
    assertThat(d.publish(LAMP, id(LAMP), message("a/secret", false))).isEqualTo(new Decision.Deny("rules line 3"));
    assertThat(subscribes(d, LAMP, "a/b/c")).isFalse();
    assertThat(subscribes(d, LAMP, "a/b/+")).isFalse();
    // A subscription that the denial touches only in part is granted, and each message of that part held back.
    assertThat(subscribes(d, LAMP, "a/#")).isTrue();
    assertThat(receives(d, LAMP, "a/x")).isTrue();
    assertThat(receives(d, LAMP, "a/b/c")).isFalse();
  }

  @Test
  void retainingNeedsBoth() {
    RulesDecider d = ruled("allow: publish, topic: p/#", "allow: retain, topic: '#'", "deny: retain, topic: p/no");
    assertThat(retains(d, LAMP, "p/x")).isTrue();
    assertThat(publishes(d, LAMP, "p/no")).isTrue();
    assertThat(retains(d, LAMP, "p/no")).isFalse();
    assertThat(retains(d, LAMP, "q")).isFalse();
    assertThat(retains(ruled("allow: publish, topic: p"), LAMP, "p")).isFalse();
  }

  @Test
  void deliveringAloneDoesNotAllowToSubscribe() {
    RulesDecider d = ruled("allow: deliver, topic: a", "allow: subscribe, topic: b/#", "deny: deliver, topic: b/x");
    assertThat(subscribes(d, LAMP, "a")).isFalse();
    assertThat(receives(d, LAMP, "a")).isTrue();
    assertThat(receives(d, LAMP, "b/y")).isTrue();
    assertThat(receives(d, LAMP, "b/x")).isFalse();
  }

  @Test
  void conditionsMustAllHold() {
    RulesDecider d = ruled("allow: publish, topic: 'w/{attr.ward}', group: g, attributes: {role: nurse, ward: '7'}");
    assertThat(publishes(d, new Principal("a", Map.of("role", "nurse", "ward", "7"), Set.of("g"), 1), "w/7")).isTrue();
    assertThat(publishes(d, new Principal("b", Map.of("role", "nurse", "ward", "7"), Set.of(), 1), "w/7")).isFalse();
    assertThat(publishes(d, new Principal("c", Map.of("role", "nurse", "ward", "8"), Set.of("g"), 1), "w/8")).isFalse();
    assertThat(publishes(d, new Principal("d", Map.of("ward", "7"), Set.of("g"), 1), "w/7")).isFalse();
    assertThat(publishes(ruled("allow: publish, topic: x, device: lamp-1"), LAMP, "x")).isTrue();
    assertThat(publishes(ruled("allow: publish, topic: x, device: lamp-2"), LAMP, "x")).isFalse();
  }

  @Test
  void strangersHaveWhatIsSaidOfThemAlone() {
    RulesDecider d = ruled("allow: publish, topic: open, anonymous: true", "allow: publish, topic: all",
        "deny: publish, topic: open/no", "allow: publish, topic: open/#, anonymous: true");
    assertThat(publishes(d, Principal.ANONYMOUS, "open")).isTrue();
    assertThat(publishes(d, Principal.ANONYMOUS, "all")).isFalse();
    assertThat(publishes(d, Principal.ANONYMOUS, "open/no")).as("what is denied to everyone").isFalse();
    assertThat(publishes(d, LAMP, "open")).isFalse();
  }

  @Test
  void aDenialWhoseValueDoesNotFitDeniesMoreNotLess() {
    RulesDecider d = ruled("allow: publish, topic: 'w/#'", "deny: publish, topic: 'w/{attr.ward}/x'");
    Principal odd = new Principal("odd", Map.of("ward", "7/8"), Set.of(), 1);
    assertThat(publishes(d, odd, "w/7/8/x")).isFalse();
    assertThat(publishes(d, odd, "w/9")).isFalse();
    assertThat(publishes(d, LAMP, "w/7/x")).isFalse();
    assertThat(publishes(d, LAMP, "w/8/x")).isTrue();
  }

  @Test
  void countsRulesThatCouldNotBeFilled() {
    RulesDecider d = ruled("allow: publish, topic: 'w/{attr.ward}'");
    assertThat(publishes(d, new Principal("odd", Map.of("ward", "+"), Set.of(), 1), "w/7")).isFalse();
    assertThat(publishes(d, OPERATOR, "w/7")).isFalse();
    assertThat(d.unfilledPlaces()).isEqualTo(2);
  }

  @Test
  void takesTheRegistrysWordOfNow() {
    RulesDecider d = ruled("allow: [publish, subscribe], topic: 'w/{attr.ward}'");
    assertThat(receives(d, LAMP, "w/7")).isTrue();

    registry.put("lamp-1", Optional.of(new Principal("lamp-1", Map.of("ward", "8"), Set.of(), 2)));
    long before = d.generation();
    generation.incrementAndGet();
    assertThat(d.generation()).isGreaterThan(before);
    assertThat(receives(d, LAMP, "w/7")).isFalse();
    assertThat(receives(d, LAMP, "w/8")).isTrue();

    registry.put("lamp-1", Optional.empty());
    generation.incrementAndGet();
    assertThat(receives(d, LAMP, "w/8")).isFalse();
    assertThat(publishes(d, LAMP, "w/8")).isFalse();
  }

  @Test
  void twoDevicesWithOneClientIdentifierAreNotMixedUp() {
    RulesDecider d = ruled("allow: publish, topic: 'd/{device.id}'");
    ClientId same = new ClientId("same");
    for (int i = 0; i < 3; i++) {
      assertThat(d.publish(LAMP, same, message("d/lamp-1", false))).isInstanceOf(Decision.Allow.class);
      assertThat(d.publish(OPERATOR, same, message("d/lamp-1", false))).isInstanceOf(Decision.Deny.class);
    }
  }

  @Test
  void aBrokenFileLeavesTheRulesAsTheyAre(@TempDir Path dir) throws IOException {
    RulesDecider d = ruled("allow: publish, topic: a");
    Path file = Files.writeString(dir.resolve("rules.yaml"), "version: 1\nrules: [{allow: publish, topic: b}, {}]\n");
    long before = d.generation();
    assertThatThrownBy(() -> d.reload(file)).isInstanceOf(IOException.class).hasMessageContaining("line 2");
    assertThat(publishes(d, LAMP, "a")).isTrue();
    assertThat(d.generation()).isEqualTo(before);

    Files.writeString(file, "version: 1\nrules: [{allow: publish, topic: b}]\n");
    d.reload(file);
    assertThat(publishes(d, LAMP, "a")).isFalse();
    assertThat(publishes(d, LAMP, "b")).isTrue();
    assertThat(d.generation()).isGreaterThan(before);
  }

  @Test
  void decidesAllowedMessagesWithoutAllocating() {
    RulesDecider d = ruled("allow: [publish, subscribe, retain], topic: 'devices/{device.id}/#'",
        "deny: publish, topic: x/#", "allow: publish, topic: exact");
    Message m = message("devices/lamp-1/state", true);
    ClientId id = id(LAMP);
    var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long allowed = 0;
    for (int i = 0; i < 20_000; i++) {
      allowed += d.publish(LAMP, id, m) instanceof Decision.Allow && d.deliver(LAMP, id, m) instanceof Decision.Allow ? 1 : 0;
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      allowed += d.publish(LAMP, id, m) instanceof Decision.Allow && d.deliver(LAMP, id, m) instanceof Decision.Allow ? 1 : 0;
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allowed).isEqualTo(30_000);
    assertThat(bytes).as("bytes for 20,000 decisions").isLessThan(20_000);
  }

  @Test
  void remembersABoundedNumberOfSessions() {
    CompiledCache cache = new CompiledCache(100);
    ClientId kept = new ClientId("kept");
    cache.keep(LAMP, kept, 1, Compiled.NOTHING);
    for (int i = 0; i < 1_000; i++) {
      cache.keep(LAMP, new ClientId("c" + i), 1, Compiled.NOTHING);
      assertThat(cache.find(LAMP, kept, 1)).as("in use after %d others", i).isNotNull();
      assertThat(cache.size()).isLessThanOrEqualTo(101);
    }
    assertThat(cache.find(LAMP, new ClientId("c0"), 1)).isNull();
    assertThat(cache.find(LAMP, kept, 2)).isNull();
    assertThat(cache.find(OPERATOR, kept, 1)).isNull();
  }
}
