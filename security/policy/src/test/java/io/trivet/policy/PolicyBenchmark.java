package io.trivet.policy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a decision about a publish costs, with five rules that match (or the one there is), among 1, 100 and 10,000, asked
/// for 100,000 subjects in turn.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PolicyBenchmark {
  private static final int SUBJECTS = 100_000;

  @Param({"1", "100", "10000"})
  public int rules;

  /// Whether the rules that match have conditions: none, on the subject, on clock and message.
  @Param({"none", "subject", "message"})
  public String conditions = "none";

  private final Principal[] subjects = new Principal[SUBJECTS];
  private final ClientId[] clients = new ClientId[SUBJECTS];
  private final Message[] messages = new Message[SUBJECTS];
  private Decider decider = decider("version: 1\n");
  private int next;

  @Setup(Level.Trial)
  public void prepare() {
    StringBuilder text = new StringBuilder("version: 1\nrules:\n");
    text.append("  - {on: publish, topic: \"devices/${subject.id}/#\"").append(when(1)).append(", then: allow}\n");
    if (rules > 1) {
      text.append("  - {on: publish, topic: \"devices/+/state\"").append(when(2)).append(", then: allow}\n");
      text.append("  - {on: publish, topic: \"devices/#\"").append(when(3)).append(", then: allow}\n");
      text.append("  - {on: publish, topic: \"+/+/state\", group: g").append(when(4)).append(", then: allow}\n");
      text.append("  - {on: publish, topic: \"#\"").append(when(5)).append(", then: allow}\n");
      for (int i = 5; i < rules; i++) {
        text.append("  - {on: publish, topic: \"site/").append(i % 100).append("/room").append(i)
            .append("/+\", when: \"message.size < ").append(i).append("\", then: deny}\n");
      }
    }
    decider = decider(text.toString());
    for (int i = 0; i < SUBJECTS; i++) {
      subjects[i] = new Principal("lamp-" + i, Map.of("ward", "7"), Set.of("g"), 1);
      clients[i] = new ClientId("lamp-" + i);
      messages[i] = new Message(TopicName.of("devices/lamp-" + i + "/state"), Bytes.utf8("on"), QoS.AT_MOST_ONCE, false,
          MessageProperties.NONE, Message.NEVER, clients[i]);
    }
  }

  /// Of each rule another, so that nothing is shared among them.
  private String when(int i) {
    return switch (conditions) {
      case "subject" -> ", when: \"subject.attr.ward == '7' && subject.id != 'x" + i + "'\"";
      case "message" -> ", when: \"message.size < 100" + i + " && now.getHours('UTC') < 24\"";
      default -> "";
    };
  }

  private static Decider decider(String text) {
    return new PolicyDecider(PolicyTest.policy(text), new NoFacts(System::currentTimeMillis), () -> 1,
        Optional::of, (_, m) -> Parsed.valid(m), (_, _) -> {});
  }

  @Benchmark
  public Decider.Decision publish() {
    int i = next;
    next = i + 1 == SUBJECTS ? 0 : i + 1;
    return decider.publish(subjects[i], clients[i], messages[i]);
  }
}
