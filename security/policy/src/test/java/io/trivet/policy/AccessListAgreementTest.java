package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Decider.Decision;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.identity.rules.RulesDecider;
import io.trivet.identity.rules.RulesFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// An access list means the same to the policy as to the decider that reads access lists alone.
class AccessListAgreementTest {
  private static final List<String> LEVELS =
      List.of("a", "b", "w", "7", "lamp-1", "$SYS", "$x", "", "x-7", "c1");
  private static final List<String> PATTERN_LEVELS = List.of("a", "b", "w", "7", "lamp-1", "$SYS", "$x", "", "+", "+",
      "{device.id}", "{client.id}", "{attr.ward}", "x-{attr.ward}", "{attr.ward}{attr.role}", "${attr.ward}");
  private static final List<String> VALUES = List.of("7", "a", "b", "7/b", "+", "#", "$x", "$SYS", "", "lamp-1", "SYS");
  private static final List<String> ACTIONS = List.of("publish", "subscribe", "deliver", "retain");

  private static <T> T any(Random r, List<T> of) {
    return of.get(r.nextInt(of.size()));
  }

  private static String pattern(Random r) {
    StringBuilder out = new StringBuilder(any(r, PATTERN_LEVELS));
    for (int i = r.nextInt(4); i > 0; i--) {
      out.append('/').append(any(r, PATTERN_LEVELS));
    }
    if (r.nextInt(3) == 0) {
      out.append("/#");
    }
    return r.nextInt(15) == 0 ? "#" : out.toString();
  }

  private static String file(Random r) {
    StringBuilder out = new StringBuilder("version: 1\nrules:\n");
    for (int i = 1 + r.nextInt(6); i > 0; i--) {
      out.append("  - {").append(r.nextInt(3) == 0 ? "deny" : "allow").append(": [");
      out.append(any(r, ACTIONS)).append(", ").append(any(r, ACTIONS)).append("], topic: [");
      out.append('"').append(pattern(r)).append("\", \"").append(pattern(r)).append("\"]");
      switch (r.nextInt(7)) {
        case 0 -> out.append(", device: lamp-1");
        case 1 -> out.append(", group: g");
        case 2 -> out.append(", attributes: {ward: \"7\"}");
        case 3 -> out.append(", anonymous: true");
        default -> {}
      }
      out.append("}\n");
    }
    return out.toString();
  }

  private static Principal subject(Random r) {
    if (r.nextInt(6) == 0) {
      return Principal.ANONYMOUS;
    }
    Map<String, String> attributes = new HashMap<>();
    if (r.nextInt(5) > 0) {
      attributes.put("ward", any(r, VALUES));
    }
    if (r.nextBoolean()) {
      attributes.put("role", any(r, VALUES));
    }
    Set<String> groups = new HashSet<>();
    if (r.nextBoolean()) {
      groups.add("g");
    }
    if (r.nextInt(8) == 0) {
      groups.add("admin");
    }
    return new Principal(any(r, List.of("lamp-1", "a", "7")), attributes, groups, 1);
  }

  private static String name(Random r) {
    StringBuilder out = new StringBuilder(any(r, LEVELS));
    for (int i = r.nextInt(4); i > 0; i--) {
      out.append('/').append(any(r, LEVELS));
    }
    return out.isEmpty() ? "a" : out.toString();
  }

  private static String filter(Random r) {
    String[] levels = name(r).split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      if (r.nextInt(4) == 0) {
        levels[i] = "+";
      }
    }
    String filter = String.join("/", levels);
    return r.nextInt(4) == 0 ? filter.isEmpty() ? "#" : filter + "/#" : filter.isEmpty() ? "a" : filter;
  }

  /// @return 0 where the old reader refuses the file, else how many questions were asked
  private static int compare(long seed) {
    Random r = new Random(seed);
    String text = file(r);
    Decider old;
    try {
      old = RulesDecider.of(RulesFile.parse(text), () -> 1, Optional::of);
    } catch (IllegalArgumentException e) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Policy.parse(text)))
          .as("seed %d%n%s%n%s", seed, text, e.getMessage()).isInstanceOf(PolicyException.class);
      return 0;
    }
    Decider fresh = decider(text);
    int asked = 0;
    for (int i = 0; i < 60; i++) {
      Principal who = subject(r);
      ClientId client = new ClientId(any(r, List.of("c1", "a", "a#b", "$x")));
      Message m = new Message(TopicName.of(name(r)), Bytes.EMPTY, QoS.AT_MOST_ONCE, r.nextBoolean(),
          MessageProperties.NONE, Message.NEVER, client);
      TopicFilter f = TopicFilter.parse(filter(r), TopicLimits.PROTOCOL).orThrow();
      same(old.publish(who, client, m), fresh.publish(who, client, m), seed, text, who + " publishes " + m);
      same(old.deliver(who, client, m), fresh.deliver(who, client, m), seed, text, who + " receives " + m);
      same(old.subscribe(who, client, f, QoS.AT_MOST_ONCE), fresh.subscribe(who, client, f, QoS.AT_MOST_ONCE),
          seed, text, who + " subscribes to " + f);
      asked += 3;
    }
    return asked;
  }

  private static void same(Decision old, Decision fresh, long seed, String text, String question) {
    if (old instanceof Decision.Deny) {
      assertThat(fresh).as("seed %d: %s%n%s", seed, question, text).isInstanceOf(Decision.Deny.class);
    } else {
      assertThat(fresh).as("seed %d: %s%n%s", seed, question, text).isEqualTo(old);
    }
  }

  private static PolicyDecider decider(String text) {
    try {
      return new PolicyDecider(Policy.parse(text), new NoFacts(() -> 0), () -> 1, Optional::of,
          (_, m) -> Parsed.valid(m), (_, _) -> {});
    } catch (PolicyException e) {
      throw new AssertionError(text, e);
    }
  }

  @Test
  void bothSayTheSameOfRandomListsAndQuestions() {
    int asked = 0;
    for (long seed = 0; seed < 3_000; seed++) {
      asked += compare(seed);
    }
    assertThat(asked).as("questions").isGreaterThan(200_000);
  }

  @Test
  void bothSayTheSameOfTheListAServerBeginsWith() {
    Decider old = RulesDecider.of(RulesFile.parse(RulesFile.DEFAULT), () -> 1, Optional::of);
    Decider fresh = decider(RulesFile.DEFAULT);
    Random r = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      Principal who = subject(r);
      ClientId client = new ClientId("c1");
      Message m = new Message(TopicName.of(any(r, List.of("devices/", "", "$SYS/")) + "lamp-1/" + name(r)), Bytes.EMPTY,
          QoS.AT_MOST_ONCE, r.nextBoolean(), MessageProperties.NONE, Message.NEVER, client);
      same(old.publish(who, client, m), fresh.publish(who, client, m), 1, "the default", who + " publishes " + m);
      same(old.deliver(who, client, m), fresh.deliver(who, client, m), 1, "the default", who + " receives " + m);
    }
  }
}
