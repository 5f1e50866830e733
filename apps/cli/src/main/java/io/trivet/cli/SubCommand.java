package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.cli.client.MqttClient;
import io.trivet.cli.smqtt.OpenOptions;
import io.trivet.cli.smqtt.Reading;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Subscription;
import io.trivet.mqtt.codec.Version;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Properties;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Subscribes and prints what comes, a line a message, until it was enough.
@Command(
    name = "sub",
    description = "Subscribe at an MQTT server and print what comes.",
    footer = {
      "",
      "Ends with 0 after --count messages, or after --time where no count was asked for; with 3 where the time ran out"
          + " before the count.",
      "For example:",
      "  trivet sub -u lamp-1 --password-file lamp-1.password -t 'home/#' -v",
      "  trivet sub --url wss://broker.example/mqtt -t answers/1 -C 1 -W 5 --json"
    })
final class SubCommand implements Callable<Integer> {
  static final int OUT_OF_TIME = 3;
  private static final long FOR_EVER_DAYS = 36_500;
  private static final long POLL_MILLIS = 50;

  @Mixin
  private final ConnectOptions connect = new ConnectOptions();

  @Mixin
  private final OpenOptions open = new OpenOptions();

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli sees that it was given and shows the help
  private boolean help;

  @Option(names = {"-t", "--topic"}, required = true, paramLabel = "FILTER", description = "What to; may be repeated.")
  private List<String> filters = new ArrayList<>();

  @Option(names = {"-q", "--qos"}, paramLabel = "QOS", defaultValue = "0",
      description = "0, 1 or 2 at most. (${DEFAULT-VALUE})")
  private int qos;

  @Option(names = {"-C", "--count"}, paramLabel = "N", description = "Stop after so many messages.")
  private int count;

  @Option(names = {"-W", "--time"}, paramLabel = "SECONDS", description = "Stop after so long.")
  private int seconds;

  @Option(names = "--json", description = "A JSON object a line.")
  private boolean json;

  @Option(names = {"-v", "--verbose"}, description = "The topic before the payload.")
  private boolean verbose;

  @Option(names = {"-R", "--no-retained"}, description = "Leave out what was retained before.")
  private boolean noRetained;

  @Option(names = "--no-local", description = "Not what this client publishes itself. (MQTT 5)")
  private boolean noLocal;

  @Option(names = "--retain-as-published", description = "Keep the publisher's retain flag. (MQTT 5)")
  private boolean retainAsPublished;

  @Option(names = "--subscription-id", paramLabel = "N", description = "Number that each message comes with. (MQTT 5)")
  private int subscriptionId;

  @Option(names = "--session-expiry", paramLabel = "SECONDS",
      description = "Resume the session and have it kept so long; needs --id. Before MQTT 5 any number means kept.")
  private long sessionExpiry;

  @Spec
  private @Nullable CommandSpec spec;

  private final CountDownLatch enough = new CountDownLatch(1);
  private final Map<String, Deque<Publish>> waiting = new HashMap<>();
  private @Nullable Reading reading;
  private int printed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Subscription> all = subscriptions();
    PrintWriter out = Output.of(spec);
    long deadline = System.nanoTime()
        + (seconds > 0 ? TimeUnit.SECONDS.toNanos(seconds) : TimeUnit.DAYS.toNanos(FOR_EVER_DAYS));
    int window = count > 0 ? Math.min(count, 1_000) : 1_000;
    try (Reading opening = open.open().orElse(null);
        MqttClient client = MqttClient.connect(
            connect.endpoint(), connect.protection(), connect.settings(sessionExpiry, window), m -> take(out, m))) {
      reading = opening;
      if (opening != null) {
        all.addFirst(new Subscription(Topics.ALL_KEYS, SubscriptionFilter.parse(Topics.ALL_KEYS, TopicLimits.PROTOCOL),
            QoS.AT_LEAST_ONCE, false, false, RetainHandling.SEND));
      }
      List<ReasonCode> granted = client.subscribe(all, subscriptionId);
      for (int i = 0; i < granted.size(); i++) {
        if (granted.get(i).isFailure()) {
          throw new CommandFailed("the server refused the subscription to " + all.get(i).text() + ": "
              + granted.get(i).name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
      }
      while (!enough.await(0, TimeUnit.SECONDS)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return count > 0 ? OUT_OF_TIME : Trivet.OK;
        }
        late(out);
        client.awaitEnd(Duration.ofNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS))));
      }
      return Trivet.OK;
    }
  }

  private List<Subscription> subscriptions() {
    boolean five = connect.version() == Version.V5;
    if (!five && (noLocal || retainAsPublished || subscriptionId != 0)) {
      throw new IllegalArgumentException(
          "--no-local, --retain-as-published and --subscription-id need MQTT 5");
    }
    if (count < 0 || seconds < 0 || subscriptionId < 0 || sessionExpiry < 0 || sessionExpiry > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("--count, --time, --subscription-id and --session-expiry are not negative");
    }
    return new ArrayList<>(filters.stream().map(f -> new Subscription(f, SubscriptionFilter.parse(f, TopicLimits.PROTOCOL),
        ConnectOptions.qos(qos), noLocal, retainAsPublished,
        noRetained && five ? RetainHandling.DO_NOT_SEND : RetainHandling.SEND)).toList());
  }

  /// On the client's reading thread: opens what is sealed, where that was asked for, and prints.
  private synchronized boolean take(PrintWriter out, Publish m) {
    Reading r = reading;
    if (r == null) {
      return open.isUsed() || print(out, m, null);
    }
    String topic = m.topic().toString();
    List<Opened> said = r.take(topic, m.payload().toArray(), new Properties(m.properties().contentType(),
        m.properties().responseTopic().map(TopicName::toString), m.properties().correlationData()));
    boolean taken = true;
    for (int i = 0; i < said.size(); i++) {
      boolean isThis = i == said.size() - 1 && !Reading.isKeyTopic(topic);
      taken &= tell(out, said.get(i), isThis ? m : null);
    }
    return taken;
  }

  private synchronized void late(PrintWriter out) {
    Reading r = reading;
    if (r != null) {
      r.late().forEach(o -> tell(out, o, null));
    }
  }

  /// @param from what it came as; null where that waits
  private boolean tell(PrintWriter out, Opened opened, @Nullable Publish from) {
    if (opened instanceof Opened.Waiting && from != null) {
      waiting.computeIfAbsent(opened.topic(), _ -> new ArrayDeque<>()).add(from);
      return true;
    }
    Publish m = from != null || Reading.isKeyTopic(opened.topic()) ? from : waited(opened.topic());
    switch (opened) {
      case Opened.Message sealed when m != null -> {
        Publish plain = new Publish(m.topic(), sealed.payload(), m.qos(), m.dup(), m.retain(), m.packetId(), 0,
            m.messageExpirySeconds(), m.properties(), m.subscriptionIds());
        return print(out, plain, sealed);
      }
      case Opened.Refused(String topic, Refusal _, String what) -> Output.errors(spec)
          .println("trivet: " + MessageText.payload(Bytes.utf8(topic)) + " was not opened: " + what);
      case Opened.Message _, Opened.Waiting _ -> throw new AssertionError("of a message that did not come: " + opened);
    }
    return true;
  }

  private @Nullable Publish waited(String topic) {
    Deque<Publish> those = waiting.get(topic);
    if (those == null) {
      return null;
    }
    Publish first = those.poll();
    if (those.isEmpty()) {
      waiting.remove(topic);
    }
    return first;
  }

  /// On the client's reading thread, one at a time; what exceeds the count is left to whoever comes next.
  private boolean print(PrintWriter out, Publish m, Opened.@Nullable Message sealed) {
    if (enough.getCount() == 0) {
      return false;
    }
    if (noRetained && m.retain() && !retainAsPublished) {
      return true;
    }
    out.println(json ? MessageText.json(m, Instant.now(), sealed) : MessageText.line(m, verbose));
    out.flush();
    printed++;
    if (printed == count) {
      enough.countDown();
    }
    return true;
  }
}
