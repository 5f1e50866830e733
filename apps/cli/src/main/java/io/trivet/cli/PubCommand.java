package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.cli.client.MqttClient;
import io.trivet.cli.smqtt.SealOptions;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.Version;
import io.trivet.smqtt.Properties;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.Sealer;
import io.trivet.smqtt.Sealing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Publishes one message, or one for each line of standard input.
@Command(
    name = "pub",
    description = "Publish a message to an MQTT server.",
    footer = {
      "",
      "For example:",
      "  trivet pub -u lamp-1 --password-file lamp-1.password -t home/lamp-1/state -m on -q 1",
      "  trivet pub --url wss://broker.example/mqtt -t log -l < lines.txt",
      "  trivet pub -u pump-1 --password-file pump-1.password -t ward/7/pulse -m 72 --encrypt 'ward:7 and role:nurse'"
          + " --authority authority.pub --sender-key pump-1.sender-key"
    })
final class PubCommand implements Callable<Integer> {
  private static final long PAYLOAD_BYTES_MAX = 268_000_000;
  private static final int[] NO_IDS = new int[0];

  @Mixin
  private final ConnectOptions connect = new ConnectOptions();

  @Mixin
  private final SealOptions seal = new SealOptions();

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli sees that it was given and shows the help
  private boolean help;

  @Option(names = {"-t", "--topic"}, required = true, paramLabel = "TOPIC", description = "Where to.")
  private @Nullable String topic;

  @ArgGroup(multiplicity = "1")
  private @Nullable Payload payload;

  private static final class Payload {
    @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "The payload.")
    private @Nullable String message;

    @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "The payload is this file's content.")
    private @Nullable Path file;

    @Option(names = {"-n", "--null"}, description = "No payload: with --retain, the retained message is dropped.")
    private boolean nothing;

    @Option(names = {"-s", "--stdin"}, description = "The payload is all of standard input.")
    @SuppressWarnings("UnusedVariable") // what is left where nothing else of the group was given
    private boolean stdin;

    @Option(names = {"-l", "--lines"}, description = "A message for each line of standard input.")
    private boolean lines;
  }

  @Option(names = {"-q", "--qos"}, paramLabel = "QOS", defaultValue = "0", description = "0, 1 or 2. (${DEFAULT-VALUE})")
  private int qos;

  @Option(names = {"-r", "--retain"}, description = "Keep it as the topic's retained message.")
  private boolean retain;

  @Option(names = "--property", paramLabel = "NAME=VALUE",
      description = "content-type, response-topic, correlation-data, payload-format (0 or 1: text) or message-expiry"
          + " (seconds). (MQTT 5)")
  private List<String> properties = new ArrayList<>();

  @Option(names = "--user-property", paramLabel = "NAME=VALUE", description = "A property of your own. (MQTT 5)")
  private List<String> userProperties = new ArrayList<>();

  private int payloadFormat = -1;
  private @Nullable String contentType;
  private @Nullable TopicName responseTopic;
  private @Nullable Bytes correlationData;
  private long expirySeconds = -1;

  @Override
  public Integer call() throws IOException {
    Payload p = payload;
    String name = topic;
    if (p == null || name == null) {
      throw new AssertionError("picocli asks for what is required");
    }
    TopicName to = TopicName.parse(name, TopicLimits.PROTOCOL).orThrow();
    QoS level = ConnectOptions.qos(qos);
    readProperties();
    List<UserProperty> users = userProperties.stream().map(ConnectOptions::userProperty).toList();
    boolean none = properties.isEmpty() && users.isEmpty();
    if (!none && connect.version() != Version.V5) {
      throw new IllegalArgumentException("properties need MQTT 5");
    }
    MessageProperties m = none ? MessageProperties.NONE
        : new MessageProperties(payloadFormat, contentType, responseTopic, correlationData, users);
    if (seal.isUsed() && (p.nothing || payloadFormat == 1)) {
      throw new IllegalArgumentException("--encrypt goes neither with --null, which says nothing, nor with payload-format=1:"
          + " what is sealed is no text");
    }
    @Nullable Bytes single = p.lines ? null : single(p);
    try (SealOptions.Sealing sealing = seal.open(name).orElse(null);
        MqttClient client = MqttClient.connect(
            connect.endpoint(), connect.protection(), connect.settings(0, 65_535), _ -> true)) {
      Sealer sealer = sealing == null ? null : sealing.sealer();
      if (single != null) {
        publish(client, sealer, message(to, single, level, m));
      } else {
        lines(client, sealer, to, level, m);
      }
      client.flush();
    }
    return Trivet.OK;
  }

  /// Of a sealed one the key header first, if it is due, and acknowledged before the message is sent.
  private void publish(MqttClient client, @Nullable Sealer sealer, Publish m) throws IOException {
    if (sealer == null) {
      client.publish(m);
      return;
    }
    Properties bound = new Properties(m.properties().contentType(), m.properties().responseTopic().map(TopicName::toString),
        m.properties().correlationData());
    switch (sealer.seal(m.topic().toString(), m.payload().toArray(), bound)) {
      case Sealing.Refused(Refusal why, String what) -> throw new CommandFailed("not sealed: " + why.text() + ": " + what);
      case Sealing.Sealed(Optional<Publication> header, Publication sealed) -> {
        if (header.isPresent()) {
          Publication h = header.get();
          boolean expires = connect.version() == Version.V5;
          client.publish(new Publish(TopicName.parse(h.topic(), TopicLimits.PROTOCOL).orThrow(), h.payload(),
              QoS.AT_LEAST_ONCE, false, true, 0, 0, expires ? h.expirySeconds() : -1, MessageProperties.NONE, NO_IDS));
          client.flush();
          sealer.published(h);
        }
        client.publish(new Publish(m.topic(), sealed.payload(), m.qos(), false, m.retain(), 0, 0, m.messageExpirySeconds(),
            m.properties(), NO_IDS));
      }
    }
  }

  private Publish message(TopicName to, Bytes payload, QoS level, MessageProperties m) {
    return new Publish(to, payload, level, false, retain, 0, 0, expirySeconds, m, NO_IDS);
  }

  private void lines(MqttClient client, @Nullable Sealer sealer, TopicName to, QoS level, MessageProperties m) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      publish(client, sealer, message(to, Bytes.utf8(line), level, m));
    }
  }

  private static Bytes single(Payload p) throws IOException {
    if (p.message != null) {
      return Bytes.utf8(p.message);
    }
    if (p.file != null) {
      try (InputStream in = Files.newInputStream(p.file)) {
        return bounded(in, p.file.toString());
      }
    }
    return p.nothing ? Bytes.EMPTY : bounded(System.in, "standard input");
  }

  private static Bytes bounded(InputStream in, String name) throws IOException {
    byte[] all = in.readNBytes((int) PAYLOAD_BYTES_MAX + 1);
    if (all.length > PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException(name + ": more than MQTT can carry in a message, " + PAYLOAD_BYTES_MAX
          + " bytes");
    }
    return Bytes.wrap(all);
  }

  private void readProperties() {
    for (String text : properties) {
      UserProperty p = ConnectOptions.userProperty(text);
      switch (p.name()) {
        case "content-type" -> contentType = p.value();
        case "response-topic" -> responseTopic = TopicName.parse(p.value(), TopicLimits.PROTOCOL).orThrow();
        case "correlation-data" -> correlationData = Bytes.utf8(p.value());
        case "payload-format" -> payloadFormat = (int) number(p, 1);
        case "message-expiry" -> expirySeconds = number(p, 0xFFFF_FFFFL);
        default -> throw new IllegalArgumentException("--property " + p.name() + ": there are content-type,"
            + " response-topic, correlation-data, payload-format and message-expiry; your own go by --user-property");
      }
    }
  }

  private static long number(UserProperty p, long most) {
    try {
      long n = Long.parseLong(p.value());
      if (n >= 0 && n <= most) {
        return n;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--property " + p.name() + "=" + p.value() + ": give a number", e);
    }
    throw new IllegalArgumentException("--property " + p.name() + "=" + p.value() + ": give 0 to " + most);
  }
}
