package io.trivet.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Subscription;
import io.trivet.mqtt.codec.Version;
import io.trivet.mqtt.codec.WillMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The client before a broker of others.
@NullMarked
class MqttClientTest {
  @TempDir static Path dir;
  private static @Nullable Mosquitto mosquitto;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    mosquitto = Mosquitto.start(dir);
  }

  @AfterAll
  static void stop() {
    broker().close();
  }

  private static Mosquitto broker() {
    Mosquitto m = mosquitto;
    if (m == null) {
      throw new AssertionError("mosquitto was not started");
    }
    return m;
  }

  private static ClientSettings settings(Version v, String id, boolean clean, Optional<WillMessage> will) {
    return new ClientSettings(v, id, clean, 30, Optional.empty(), Optional.empty(), false, will, clean ? 0 : 60, 20,
        List.of(), Duration.ofSeconds(10));
  }

  private static MqttClient connect(Version v, String id, Receiver r) throws IOException {
    return MqttClient.connect(
        Endpoint.parse(broker().plain()), Protection.NONE, settings(v, id, true, Optional.empty()), r);
  }

  private static Subscription to(String filter, QoS qos) {
    return new Subscription(
        filter, Parsed.valid(SubscriptionFilter.of(filter)), qos, false, false, RetainHandling.SEND);
  }

  private static Publish message(String topic, String text, QoS qos) {
    return Publish.plain(TopicName.of(topic), Bytes.utf8(text), qos, false, 0);
  }

  private static Publish next(LinkedBlockingQueue<Publish> inbox) throws InterruptedException {
    Publish p = inbox.poll(10, TimeUnit.SECONDS);
    assertThat(p).isNotNull();
    return java.util.Objects.requireNonNull(p);
  }

  /// More than fit the window, both ways.
  @ParameterizedTest
  @CsvSource({"V3_1, 0", "V3_1, 1", "V3_1, 2", "V3_1_1, 0", "V3_1_1, 1", "V3_1_1, 2", "V5, 0", "V5, 1", "V5, 2"})
  void carriesMessagesOfEachQoSInOrder(Version v, int level) throws Exception {
    QoS qos = QoS.of(level);
    String topic = "order/" + v + "/" + level;
    LinkedBlockingQueue<Publish> inbox = new LinkedBlockingQueue<>();
    try (MqttClient sub = connect(v, "s" + v + level, inbox::add); MqttClient pub = connect(v, "p" + v + level, _ -> true)) {
      assertThat(sub.subscribe(List.of(to(topic, qos)), 0)).hasSize(1).noneMatch(ReasonCode::isFailure);
      List<String> sent = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        sent.add("message " + i);
        pub.publish(message(topic, sent.getLast(), qos));
      }
      pub.flush();
      List<String> came = new ArrayList<>();
      while (came.size() < sent.size()) {
        Publish p = next(inbox);
        assertThat(p.qos()).isEqualTo(qos);
        came.add(p.payload().asUtf8());
      }
      assertThat(came).isEqualTo(sent);
      assertThat(inbox.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void carriesPropertiesAndLargePayloads() throws Exception {
    LinkedBlockingQueue<Publish> inbox = new LinkedBlockingQueue<>();
    try (MqttClient c = connect(Version.V5, "both", inbox::add)) {
      c.subscribe(List.of(to("large/#", QoS.AT_LEAST_ONCE)), 9);
      MessageProperties p = new MessageProperties(1, "text/plain", TopicName.of("r"), Bytes.hex("00FF"),
          List.of(new UserProperty("k", "v"), new UserProperty("k", "w")));
      Bytes payload = Bytes.wrap(new byte[3_000_000]);
      c.publish(new Publish(
          TopicName.of("large/é"), payload, QoS.AT_LEAST_ONCE, false, true, 0, 0, 100, p, new int[0]));
      Publish m = next(inbox);
      assertThat(m.topic()).hasToString("large/é");
      assertThat(m.payload()).isEqualTo(payload);
      assertThat(m.subscriptionIds()).containsExactly(9);
      assertThat(m.messageExpirySeconds()).isBetween(90L, 100L);
      assertThat(m.properties().payloadFormat()).isEqualTo(1);
      assertThat(m.properties().contentType()).contains("text/plain");
      assertThat(m.properties().correlationData()).contains(Bytes.hex("00FF"));
      assertThat(m.properties().userProperties()).isEqualTo(p.userProperties());
      c.flush();
      c.publish(new Publish(TopicName.of("large/é"), Bytes.EMPTY, QoS.AT_MOST_ONCE, false, true, 0, 0, -1,
          MessageProperties.NONE, new int[0]));
    }
  }

  /// What nobody took was not acknowledged, so it comes again to the session.
  @Test
  void leavesWhatItDidNotTakeToTheNextConnection() throws Exception {
    LinkedBlockingQueue<Publish> inbox = new LinkedBlockingQueue<>();
    Endpoint e = Endpoint.parse(broker().plain());
    ClientSettings lasting = settings(Version.V5, "lasting", false, Optional.empty());
    try (MqttClient first = MqttClient.connect(e, Protection.NONE, lasting, m -> {
      inbox.add(m);
      return !m.payload().asUtf8().equals("2");
    })) {
      first.subscribe(List.of(to("again", QoS.EXACTLY_ONCE)), 0);
      first.publish(message("again", "1", QoS.AT_LEAST_ONCE));
      first.publish(message("again", "2", QoS.EXACTLY_ONCE));
      first.flush();
      assertThat(next(inbox).payload()).isEqualTo(Bytes.utf8("1"));
      assertThat(next(inbox).payload()).isEqualTo(Bytes.utf8("2"));
    }
    try (MqttClient second = MqttClient.connect(e, Protection.NONE, lasting, inbox::add)) {
      assertThat(second.connAck().sessionPresent()).isTrue();
      assertThat(next(inbox).payload()).isEqualTo(Bytes.utf8("2"));
      assertThat(inbox.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void leavesNoWillWhereItSaysGoodbyeAndOneWhereItIsTakenOver() throws Exception {
    LinkedBlockingQueue<Publish> inbox = new LinkedBlockingQueue<>();
    Optional<WillMessage> will = Optional.of(new WillMessage(
        TopicName.of("will/w"), Bytes.utf8("gone"), QoS.AT_LEAST_ONCE, false, MessageProperties.NONE, 0, -1));
    Endpoint e = Endpoint.parse(broker().plain());
    try (MqttClient witness = connect(Version.V5, "witness", inbox::add)) {
      witness.subscribe(List.of(to("will/w", QoS.AT_LEAST_ONCE)), 0);
      MqttClient.connect(e, Protection.NONE, settings(Version.V5, "mortal", true, will), _ -> true).close();
      try (MqttClient first = MqttClient.connect(
              e, Protection.NONE, settings(Version.V5, "mortal", true, will), _ -> true);
          MqttClient _ = connect(Version.V5, "mortal", _ -> true)) {
        assertThatThrownBy(() -> first.awaitEnd(Duration.ofSeconds(10)))
            .isInstanceOf(ClientFailure.class).hasMessage("the server closed the connection");
      }
      assertThat(next(inbox).payload()).isEqualTo(Bytes.utf8("gone"));
      assertThat(inbox.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  private static void echo(String url, Protection protection) throws Exception {
    LinkedBlockingQueue<Publish> inbox = new LinkedBlockingQueue<>();
    try (MqttClient c = MqttClient.connect(
        Endpoint.parse(url), protection, settings(Version.V5, "", true, Optional.empty()), inbox::add)) {
      assertThat(c.connAck().assignedClientId()).isNotEmpty();
      c.subscribe(List.of(to("echo", QoS.EXACTLY_ONCE)), 0);
      c.publish(message("echo", "x".repeat(100_000), QoS.EXACTLY_ONCE));
      c.flush();
      assertThat(next(inbox).payload().length()).isEqualTo(100_000);
    }
  }

  private static Protection trusting(String ca, String cert, String key) {
    return new Protection(Optional.of(broker().file(ca).resolve("ca.crt")),
        cert.isEmpty() ? Optional.empty() : Optional.of(broker().file(cert)),
        key.isEmpty() ? Optional.empty() : Optional.of(broker().file(key)), Optional.empty(), Optional.empty());
  }

  private static Protection key(String identity, String hex) {
    return new Protection(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(identity),
        Optional.of(SecretBytes.copyOf(Bytes.hex(hex).toArray())));
  }

  @Test
  void speaksTlsWithTheAuthorityNamed() throws Exception {
    echo(broker().tls(), trusting("ca", "", ""));
    echo(broker().mutual(), trusting("ca", "lamp.crt", "lamp.key"));
  }

  @Test
  void trustsNoOtherAuthorityAndNoOtherName() {
    assertThatThrownBy(() -> echo(broker().tls(), trusting("other", "", "")))
        .isInstanceOf(ClientFailure.class).hasMessageContaining("not trusted here").hasMessageContaining("--cafile");
    assertThatThrownBy(() -> echo(broker().tls(), Protection.NONE))
        .isInstanceOf(ClientFailure.class).hasMessageContaining("not trusted here");
    assertThatThrownBy(() -> echo(broker().tls().replace("localhost", "127.0.0.1"), trusting("ca", "", "")))
        .isInstanceOf(ClientFailure.class).hasMessageContaining("not for this name");
    assertThatThrownBy(() -> echo(broker().mutual(), trusting("ca", "", "")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void speaksTlsWithAPreSharedKey() throws Exception {
    echo(broker().psk(), key("meter", "00112233445566778899aabbccddeeff"));
  }

  @Test
  void isRefusedWithAWrongKeyOrName() {
    assertThatThrownBy(() -> echo(broker().psk(), key("meter", "FF112233445566778899aabbccddeeff")))
        .isInstanceOf(ClientFailure.class);
    assertThatThrownBy(() -> echo(broker().psk(), key("stranger", "00112233445566778899aabbccddeeff")))
        .isInstanceOf(ClientFailure.class);
    assertThatThrownBy(() -> echo(broker().psk(), Protection.NONE))
        .isInstanceOf(ClientFailure.class).hasMessageContaining("--psk-identity");
  }

  @Test
  void saysWhyItIsNotLetIn() {
    assertThatThrownBy(() -> echo(broker().closed(), Protection.NONE))
        .isInstanceOf(ClientFailure.class).hasMessage("the server refused the connection: not authorized (0x87)");
    assertThatThrownBy(() -> echo(broker().plain().replaceFirst("[0-9]+$", "1"), Protection.NONE))
        .isInstanceOf(ClientFailure.class).hasMessageContaining("nobody listens there");
    assertThatThrownBy(() -> echo(broker().tls().replace("mqtts:", "mqtt:"), Protection.NONE))
        .isInstanceOf(IOException.class);
  }
}
