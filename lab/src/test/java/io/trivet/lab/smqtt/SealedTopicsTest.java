package io.trivet.lab.smqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Randomness;
import io.trivet.lab.clients.Command;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.SealerOptions;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.Senders;
import io.trivet.smqtt.SendersFile;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.Topics;
import io.trivet.smqtt.client.PahoV5;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Topics that take sealed messages alone, at a server that holds no key: by Paho over MQTT 5, mosquitto's client over
/// 3.1.1, and libcoap's.
@Tag("slow")
class SealedTopicsTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;
  private static final String TOPIC = "ward/7/pulse";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PAYLOAD_FORMAT_INVALID = "PAYLOAD_FORMAT_INVALID";

  @TempDir Path dir;
  private MasterKey authority;
  private SenderKey pump;
  private TrivetServer server;

  @BeforeEach
  void start() throws IOException {
    authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
    pump = SenderKey.generate("pump-1", RANDOMNESS);
    epoch(1);
    Files.writeString(dir.resolve("senders"), "# those we know\n" + SendersFile.line(pump.identity()) + "\n");
    Files.writeString(dir.resolve("rules.yaml"), """
        version: 1
        rules:
          - allow: [publish, subscribe, retain]
            anonymous: true
            topic: "#"
        """);
    server = TrivetServer.start(setup("ward/#"));
  }

  @AfterEach
  void stop() {
    server.close();
    pump.close();
    authority.close();
  }

  private void epoch(long number) throws IOException {
    Files.write(dir.resolve("authority.pub"), parameters(number).encoded());
  }

  private PublicParameters parameters(long epoch) {
    return new PublicParameters(authority.publicKey(), epoch);
  }

  private ServerSetup setup(String topics) {
    return ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "")
        .with(Option.INSECURE_PLAINTEXT, "127.0.0.1:0")
        .with(Option.INSECURE_COAP, "127.0.0.1:0")
        .with(Option.INSECURE_COAP_WRITES, "true")
        .with(Option.INSECURE_ANONYMOUS, "true")
        .with(Option.RULES, dir.resolve("rules.yaml").toString())
        .with(Option.SEALED_TOPICS, topics)
        .with(Option.SEALED_AUTHORITIES, dir.resolve("authority.pub").toString())
        .with(Option.SEALED_SENDERS, dir.resolve("senders").toString());
  }

  private int port(String kind) {
    return server.report().listening().stream().filter(l -> l.kind().equals(kind)).findFirst().orElseThrow()
        .address().getPort();
  }

  private MqttAsyncClient client() throws MqttException {
    MqttAsyncClient c = new MqttAsyncClient("tcp://127.0.0.1:" + port("plaintext"), "", new MemoryPersistence());
    c.connect(new MqttConnectionOptions()).waitForCompletion();
    return c;
  }

  private static void end(MqttAsyncClient c) throws MqttException {
    c.disconnect().waitForCompletion();
    c.close();
  }

  /// What HiveMQ's client is told, since Paho's keeps it to itself.
  private String refusal(String topic, byte[] payload) {
    Mqtt5BlockingClient c = com.hivemq.client.mqtt.MqttClient.builder().useMqttVersion5().serverHost("127.0.0.1")
        .serverPort(port("plaintext")).buildBlocking();
    c.connect();
    try {
      Mqtt5PubAckException refused = catchThrowableOfType(Mqtt5PubAckException.class,
          () -> c.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).payload(payload).send());
      assertThat(refused).as("it was taken").isNotNull();
      assertThat(refused.getMqttMessage().getReasonString().map(Object::toString))
          .contains("the payload is not of the form that this topic asks for");
      return refused.getMqttMessage().getReasonCode().name();
    } finally {
      c.disconnect();
    }
  }

  private Smqtt publisher(SenderKey from, long epoch) {
    return Smqtt.publisher(parameters(epoch), from, "ward:7 and role:nurse", "ward/7/#");
  }

  private long metric(String name) {
    try (Admin admin = AdminClient.open(dir.resolve("data"))) {
      String text = admin.call("metrics", Json.object()).path("text").asText();
      return text.lines().filter(l -> l.startsWith(name + " ")).mapToLong(l -> Long.parseLong(l.substring(name.length() + 1)))
          .findFirst().orElse(0);
    }
  }

  @Test
  void carriesWhatItCannotReadAndNothingElse() throws MqttException {
    MqttAsyncClient c = client();
    List<Opened> heard = new CopyOnWriteArrayList<>();
    try (ReaderKey nurse = authority.issue("role:nurse, ward:7, epoch:1", RANDOMNESS).orThrow()) {
      Smqtt reader = Smqtt.subscriber(nurse, Senders.of(pump.identity()));
      MqttAsyncClient sub = client();
      sub.setCallback(new Hearing((topic, message) -> heard.addAll(reader.open(topic, message.getPayload()))));
      sub.subscribe(Topics.ALL_KEYS, 1).waitForCompletion();
      sub.subscribe("ward/#", 1).waitForCompletion();

      assertThat(refusal(TOPIC, "in the clear".getBytes(StandardCharsets.UTF_8))).isEqualTo(PAYLOAD_FORMAT_INVALID);
      publisher(pump, 1).publish(TOPIC, new byte[] {72}, PahoV5.over(c));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard).singleElement().isInstanceOfSatisfying(
          Opened.Message.class, m -> assertThat(m.payload().toArray()).containsExactly(72)));
      assertThatCode(() -> c.publish("elsewhere", "in the clear".getBytes(StandardCharsets.UTF_8), 1, false).waitForCompletion())
          .doesNotThrowAnyException();
      end(sub);
    }
    end(c);
    assertThat(metric("trivet_smqtt_sealed_total")).isEqualTo(1);
    assertThat(metric("trivet_smqtt_headers_total")).isEqualTo(1);
    assertThat(metric("trivet_smqtt_refused_not_sealed_total")).isEqualTo(1);
    assertThat(metric("trivet_publish_unfit_total")).isEqualTo(1);
  }

  @Test
  void refusesWhoIsNotKnownAndWhatIsOver() throws MqttException, IOException {
    MqttAsyncClient c = client();
    try (SenderKey stranger = SenderKey.generate("stranger", RANDOMNESS)) {
      assertThatThrownBy(() -> publisher(stranger, 1).publish(TOPIC, new byte[] {1}, PahoV5.over(c)))
          .isInstanceOfSatisfying(MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(0x99));
      Publication header = publisher(stranger, 1).seal(TOPIC, new byte[] {1}).getFirst();
      assertThat(refusal(header.topic(), header.payload().toArray())).isEqualTo(PAYLOAD_FORMAT_INVALID);
      Publication message = publisher(stranger, 1).seal(TOPIC, new byte[] {1}).getLast();
      assertThat(refusal(TOPIC, message.payload().toArray())).isEqualTo(PAYLOAD_FORMAT_INVALID);
    }
    Smqtt first = publisher(pump, 1);
    first.publish(TOPIC, new byte[] {1}, PahoV5.over(c));

    epoch(2);
    server.reload();
    byte[] late = first.seal(TOPIC, new byte[] {2}).getLast().payload().toArray();
    assertThat(refusal(TOPIC, late)).isEqualTo(PAYLOAD_FORMAT_INVALID);
    publisher(pump, 2).publish(TOPIC, new byte[] {3}, PahoV5.over(c));
    assertThat(metric("trivet_smqtt_refused_unknown_sender_total")).isEqualTo(2);
    assertThat(metric("trivet_smqtt_sealed_total")).isEqualTo(2);

    Files.writeString(dir.resolve("senders"), "nonsense");
    assertThatThrownBy(server::reload).isInstanceOf(ConfigException.class).hasMessageContaining("senders:1: give");
    publisher(pump, 2).publish(TOPIC, new byte[] {4}, PahoV5.over(c));
    end(c);
  }

  @Test
  void knowsTheRetainedHeadersAfterARestart() throws MqttException {
    MqttAsyncClient c = client();
    Smqtt sealed = publisher(pump, 1);
    sealed.publish(TOPIC, new byte[] {1}, PahoV5.over(c));
    end(c);
    server.close();
    server = TrivetServer.start(setup("ward/#"));
    MqttAsyncClient again = client();
    List<Publication> next = sealed.seal(TOPIC, new byte[] {2});
    assertThat(next).as("its header is at the broker").hasSize(1);
    assertThatCode(() -> again.publish(TOPIC, next.getFirst().payload().toArray(), 1, false).waitForCompletion()).doesNotThrowAnyException();
    end(again);
  }

  @Test
  void refusesOlderClientsAndCoapToo() throws IOException {
    try (Command pub = Command.start("mosquitto_pub", "-h", "127.0.0.1", "-p", "" + port("plaintext"), "-V", "311", "-q",
        "1", "-t", TOPIC, "-m", "in the clear")) {
      assertThat(pub.awaitExit(PATIENCE)).as("3.1.1 cannot be told").isZero();
    }
    assertThat(metric("trivet_publish_unfit_total")).isEqualTo(1);
    String uri = "coap://127.0.0.1:" + port("coap") + "/ps/" + TOPIC;
    try (Command put = Command.start("coap-client-notls", "-B", "10", "-v", "6", "-m", "put", "-e", "in the clear", uri)) {
      put.awaitExit(PATIENCE);
      assertThat(String.join("\n", put.output())).contains("4.00").contains("not of the form");
    }
    Path file = dir.resolve("payload");
    for (Publication p : publisher(pump, 1).seal(TOPIC, new byte[] {7})) {
      Files.write(file, p.payload().toArray());
      try (Command put = Command.start("coap-client-notls", "-B", "10", "-v", "6", "-m", "put", "-f", file.toString(),
          "coap://127.0.0.1:" + port("coap") + "/ps/" + p.topic() + (p.header() ? "?retain=true" : ""))) {
        put.awaitExit(PATIENCE);
        assertThat(String.join("\n", put.output())).containsPattern("2\\.0[14]");
      }
    }
    assertThat(metric("trivet_smqtt_sealed_total")).isEqualTo(1);
  }

  @Test
  void saysAtTheStartWhatIsMissing() {
    server.close();
    assertThatThrownBy(() -> TrivetServer.start(setup("ward/#").with(Option.SEALED_SENDERS, "")))
        .isInstanceOf(ConfigException.class).hasMessageContaining("smqtt.senders is needed too");
    assertThatThrownBy(() -> TrivetServer.start(setup("ward/#/x")))
        .isInstanceOf(ConfigException.class).hasMessageContaining("smqtt.sealed-topics: ward/#/x");
    assertThatThrownBy(() -> TrivetServer.start(setup("ward/#")
        .with(Option.SEALED_AUTHORITIES, dir.resolve("senders").toString())))
        .isInstanceOf(ConfigException.class).hasMessageContaining("trivet authority export --public");
    server = TrivetServer.start(setup("").with(Option.SEALED_AUTHORITIES, "").with(Option.SEALED_SENDERS, ""));
    assertThat(metric("trivet_smqtt_sealed_total")).isZero();
  }

  /// Paho's callback, of which a message is all that matters here.
  private record Hearing(Message message) implements org.eclipse.paho.mqttv5.client.MqttCallback {
    interface Message {
      void arrived(String topic, MqttMessage message);
    }

    @Override
    public void disconnected(org.eclipse.paho.mqttv5.client.MqttDisconnectResponse r) {}

    @Override
    public void mqttErrorOccurred(MqttException e) {}

    @Override
    public void messageArrived(String topic, MqttMessage m) {
      message.arrived(topic, m);
    }

    @Override
    public void deliveryComplete(org.eclipse.paho.mqttv5.client.IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String uri) {}

    @Override
    public void authPacketArrived(int reasonCode, org.eclipse.paho.mqttv5.common.packet.MqttProperties p) {}
  }
}
