package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.Mqtt5RxClient;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import io.reactivex.Flowable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The HiveMQ client, reactive, MQTT 5.0.
@Tag("slow")
class HiveMqClientTest {
  private static final LabServer SERVER = new LabServer();

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static Mqtt5ClientBuilder builder(String id) {
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(SERVER.plainPort());
  }

  private static String text(Mqtt5Publish p) {
    return new String(p.getPayloadAsBytes(), StandardCharsets.UTF_8);
  }

  private static Mqtt5Publish hear(Mqtt5Publishes publishes) throws InterruptedException {
    return publishes.receive(10, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("no message came"));
  }

  @ParameterizedTest
  @EnumSource(MqttQos.class)
  void streamsMessagesOfEveryQoS(MqttQos qos) {
    String topic = "hive/" + qos;
    Mqtt5RxClient subscriber = builder("hive-sub-" + qos).buildRx();
    Mqtt5RxClient publisher = builder("hive-pub-" + qos).buildRx();
    subscriber.toBlocking().connect();
    publisher.toBlocking().connect();
    Flowable<String> heard = subscriber
        .subscribePublishesWith().topicFilter(topic).qos(qos).applySubscribe()
        .map(HiveMqClientTest::text)
        .replay()
        .autoConnect(0);
    subscriber.toBlocking().subscribeWith().topicFilter(topic).qos(qos).send();
    List<Mqtt5PublishResult> results = publisher
        .publish(Flowable.range(0, 500).map(i -> Mqtt5Publish.builder()
            .topic(topic).qos(qos).payload(("m" + i).getBytes(StandardCharsets.UTF_8)).build()))
        .toList()
        .blockingGet();
    assertThat(results).hasSize(500).allMatch(r -> r.getError().isEmpty());
    List<String> texts = heard.take(500).toList().timeout(20, TimeUnit.SECONDS).blockingGet();
    for (int i = 0; i < 500; i++) {
      assertThat(texts.get(i)).isEqualTo("m" + i);
    }
    publisher.disconnect().blockingAwait();
    subscriber.disconnect().blockingAwait();
  }

  @Test
  void honoursASmallReceiveMaximum() throws Exception {
    Mqtt5BlockingClient subscriber = builder("hive-narrow").buildBlocking();
    subscriber.connectWith().restrictions().receiveMaximum(2).topicAliasMaximum(5).applyRestrictions().send();
    Mqtt5BlockingClient publisher = builder("hive-wide").buildBlocking();
    Mqtt5ConnAck ack = publisher.connect();
    assertThat(ack.getRestrictions().getReceiveMaximum()).isPositive();
    try (Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
      subscriber.subscribeWith().topicFilter("hive/flow").qos(MqttQos.EXACTLY_ONCE).send();
      for (int i = 0; i < 50; i++) {
        publisher.publishWith().topic("hive/flow").qos(MqttQos.EXACTLY_ONCE)
            .payload(("m" + i).getBytes(StandardCharsets.UTF_8)).send();
      }
      for (int i = 0; i < 50; i++) {
        assertThat(text(hear(publishes))).isEqualTo("m" + i);
      }
    }
    publisher.disconnect();
    subscriber.disconnect();
  }

  @Test
  void hearsPropertiesAndRetainedMessagesAsAsked() throws Exception {
    Mqtt5BlockingClient publisher = builder("hive-keeper").buildBlocking();
    publisher.connect();
    publisher.publishWith().topic("hive/kept").qos(MqttQos.AT_LEAST_ONCE).retain(true)
        .payload("kept".getBytes(StandardCharsets.UTF_8))
        .contentType("text/plain").messageExpiryInterval(1000)
        .userProperties().add("a", "1").add("b", "2").applyUserProperties()
        .send();
    Mqtt5BlockingClient subscriber = builder("hive-late").buildBlocking();
    subscriber.connect();
    try (Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
      subscriber.subscribeWith().topicFilter("hive/#").qos(MqttQos.AT_LEAST_ONCE)
          .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND).send();
      assertThat(publishes.receive(200, TimeUnit.MILLISECONDS)).isEmpty();
      subscriber.subscribeWith().topicFilter("hive/#").qos(MqttQos.AT_LEAST_ONCE).retainAsPublished(true).send();
      Mqtt5Publish kept = hear(publishes);
      assertThat(kept.isRetain()).isTrue();
      assertThat(kept.getContentType().orElseThrow().toString()).isEqualTo("text/plain");
      assertThat(kept.getUserProperties().asList()).hasSize(2);
      assertThat(kept.getMessageExpiryInterval().orElseThrow()).isBetween(990L, 1000L);
    }
    publisher.publishWith().topic("hive/kept").retain(true).send();
    publisher.disconnect();
    subscriber.disconnect();
  }

  @Test
  void leavesAWillAfterItsDelay() throws Exception {
    Mqtt5BlockingClient witness = builder("hive-witness").buildBlocking();
    witness.connect();
    try (Mqtt5Publishes publishes = witness.publishes(MqttGlobalPublishFilter.ALL)) {
      witness.subscribeWith().topicFilter("hive/will").qos(MqttQos.AT_LEAST_ONCE).send();
      Mqtt5BlockingClient dying = builder("hive-dying").buildBlocking();
      dying.connectWith().cleanStart(true).sessionExpiryInterval(60)
          .willPublish().topic("hive/will").qos(MqttQos.AT_LEAST_ONCE)
          .payload("late words".getBytes(StandardCharsets.UTF_8)).delayInterval(1).applyWillPublish()
          .send();
      dying.disconnectWith()
          .reasonCode(com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode
              .DISCONNECT_WITH_WILL_MESSAGE)
          .send();
      long before = System.nanoTime();
      assertThat(text(hear(publishes))).isEqualTo("late words");
      assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(500));
    }
    witness.disconnect();
  }
}
