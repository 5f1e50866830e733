package io.trivet.policy.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.policy.Event;
import io.trivet.policy.EventKind;
import io.trivet.policy.Peer;
import io.trivet.policy.Told;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The shortcut says what CEL says, of random conditions and events, missing values and all.
class ShortcutTest {
  private static final Map<String, ValueType> TYPES =
      Map.of("ward", ValueType.STRING, "age", ValueType.INT, "ok", ValueType.BOOL);
  private static final Map<String, ValueType> PARAMS = Map.of("role", ValueType.STRING, "n", ValueType.INT);
  private static final List<String> TEXTS = List.of("subject.id", "topic", "event.kind", "message.content_type",
      "subject.attr.ward", "param.role", "levels[0]", "levels[1]", "levels[7]", "'7'", "'a'", "''", "'lamp-1'",
      "'publish'", "subject.client");
  private static final List<String> WHOLES = List.of("message.size", "subject.attr.age", "param.n", "0", "3", "40",
      "now.getHours('Europe/Rome')", "now.getMinutes('UTC')", "now.getDayOfWeek('Asia/Kolkata')", "now.getHours()",
      "now.getHours('Mars/Olympus')", "now.getHours('-03:30')", "message.qos", "9223372036854775807",
      "-9223372036854775808", "message.size + 1");
  private static final List<String> FRACTIONS = List.of("risk", "trust.skill", "0.0", "-0.0", "0.5", "1.0", "0.0 / 0.0");
  private static final List<String> TRUTHS = List.of("true", "false", "subject.anonymous", "message.retain",
      "'nurse' in subject.roles", "subject.attr.ward in subject.roles", "'x' in data.classes", "has(subject.attr.ward)",
      "subject.attr.ok", "topic.matches('^a')");

  private static <T> T any(Random r, List<T> of) {
    return of.get(r.nextInt(of.size()));
  }

  private static String condition(Random r, int depth) {
    if (depth > 0 && r.nextInt(3) > 0) {
      return switch (r.nextInt(3)) {
        case 0 -> "(" + condition(r, depth - 1) + " && " + condition(r, depth - 1) + ")";
        case 1 -> "(" + condition(r, depth - 1) + " || " + condition(r, depth - 1) + ")";
        default -> "!(" + condition(r, depth - 1) + ")";
      };
    }
    String operator = any(r, List.of(" == ", " != ", " < ", " <= ", " > ", " >= "));
    return switch (r.nextInt(6)) {
      case 0 -> any(r, TEXTS) + any(r, List.of(" == ", " != ")) + any(r, TEXTS);
      case 1 -> any(r, WHOLES) + operator + any(r, WHOLES);
      case 2 -> any(r, FRACTIONS) + operator + any(r, FRACTIONS);
      case 3 -> any(r, TEXTS) + "." + any(r, List.of("startsWith", "endsWith", "contains")) + "(" + any(r, TEXTS) + ")";
      default -> any(r, TRUTHS);
    };
  }

  private static Event event(Random r) {
    Map<String, String> attributes = new HashMap<>();
    if (r.nextBoolean()) {
      attributes.put("ward", any(r, List.of("7", "nurse", "")));
    }
    if (r.nextBoolean()) {
      attributes.put("age", any(r, List.of("3", "40", "forty", "-9223372036854775808")));
    }
    if (r.nextBoolean()) {
      attributes.put("ok", any(r, List.of("true", "false", "perhaps")));
    }
    Principal who = r.nextInt(5) == 0 ? Principal.ANONYMOUS
        : new Principal(any(r, List.of("lamp-1", "a")), attributes, r.nextBoolean() ? Set.of("nurse") : Set.of(), 1);
    ClientId client = new ClientId("c");
    MessageProperties properties = r.nextBoolean() ? MessageProperties.NONE
        : new MessageProperties(-1, any(r, List.of("a", "text/plain")), null, null, List.of());
    Message m = new Message(TopicName.of(any(r, List.of("a", "7/a", "a/7/lamp-1", "nurse"))),
        Bytes.utf8("x".repeat(r.nextInt(5))), QoS.AT_MOST_ONCE, r.nextBoolean(), properties, Message.NEVER, client);
    return switch (r.nextInt(4)) {
      case 0 -> Event.ofConnection(EventKind.CONNECT, who, client, Peer.UNKNOWN);
      case 1 -> Event.ofSubscription(who, client, TopicFilter.of("a/+"), QoS.AT_LEAST_ONCE);
      default -> Event.ofMessage(EventKind.PUBLISH, who, client, m);
    };
  }

  private static String answer(Condition c, Frame f, boolean byCel) {
    try {
      return String.valueOf(byCel ? c.byCel(f) : c.holds(f));
    } catch (Condition.Failed e) {
      return "failed";
    }
  }

  private static int agree(Declared declared, long seed) {
    Random r = new Random(seed);
    Vocabulary v = new Vocabulary(declared);
    Frame f = new Frame(declared.attributes(), t -> t.toString().startsWith("a") ? List.of("x") : List.of());
    int quick = 0;
    for (int i = 0; i < 150; i++) {
      String text = condition(r, 3);
      if (!(v.condition(text, PARAMS) instanceof Parsed.Valid<Condition>(Condition c))) {
        continue;
      }
      quick += c.isShort() ? 1 : 0;
      for (int k = 0; k < 20; k++) {
        long wall = (r.nextLong() & 0x7FF_FFFF_FFFFL) - 0x1FF_FFFF_FFFFL;
        Event e = event(r);
        Told told = new Told();
        told.now = wall;
        if (r.nextBoolean()) {
          told.trust.put(e.subject().device(), any(r, List.of(0.0, -0.0, 0.5, 1.0, Double.NaN)));
        }
        told.risk.put(e.subject().device(), any(r, List.of(0.0, 0.5, 1.0, Double.NaN)));
        f.enter(e, told);
        Map<String, Object> params = Map.of("role", any(r, List.of("nurse", "a")), "n", r.nextLong(5));
        f.params(params);
        String shorter = answer(c, f, false);
        assertThat(shorter).as("seed %d: %s of %s at %d with %s", seed, text, e, wall, params)
            .isEqualTo(answer(c, f, true));
        f.leave();
      }
    }
    return quick;
  }

  @Test
  void saysWhatCelSays() {
    int quick = 0;
    for (long seed = 0; seed < 12; seed++) {
      quick += agree(new Declared(seed % 2 == 0 ? TYPES : Map.of(), Map.of(), Set.of("skill"), Set.of()), seed);
    }
    assertThat(quick).as("conditions with a shortcut").isGreaterThan(200);
  }

  @Test
  void takesTheFormsThatConditionsHave() {
    Vocabulary v = new Vocabulary(new Declared(TYPES, Map.of(), Set.of("skill"), Set.of()));
    for (String text : List.of("param.role in subject.roles && now.getHours(\"Europe/Rome\") < 22",
        "trust.skill < 0.5", "subject.attr.ward == levels[1]", "message.size < 1000 && !message.retain",
        "subject.attr.age >= 18 || subject.id == 'lamp-1'", "!('health' in data.classes)")) {
      assertThat(v.condition(text, PARAMS).orThrow().isShort()).as(text).isTrue();
    }
    assertThat(v.condition("payload.hr > 3", PARAMS).orThrow().isShort()).isFalse();
  }
}
