package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trivet.lab.conformance.Statement;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Eclipse Paho for Java, MQTT 3.1 and 3.1.1.
@Tag("slow")
class PahoV3Test {
  private static final LabServer SERVER = new LabServer();

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /// A client that keeps what it hears.
  private static final class Client implements MqttCallback, AutoCloseable {
    final MqttClient mqtt;
    final BlockingQueue<MqttMessage> heard = new LinkedBlockingQueue<>();
    final BlockingQueue<String> lost = new LinkedBlockingQueue<>();

    Client(String id) throws MqttException {
      mqtt = new MqttClient("tcp://127.0.0.1:" + SERVER.plainPort(), id, new MemoryPersistence());
      mqtt.setCallback(this);
      mqtt.setTimeToWait(10_000);
    }

    static Client connected(String id, boolean clean) throws MqttException {
      Client c = new Client(id);
      MqttConnectOptions options = new MqttConnectOptions();
      options.setCleanSession(clean);
      c.mqtt.connect(options);
      return c;
    }

    MqttMessage hear() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(10, TimeUnit.SECONDS), "no message came");
    }

    String hearText() throws InterruptedException {
      return new String(hear().getPayload(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void connectionLost(Throwable cause) {
      lost.add(String.valueOf(cause));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      heard.add(message);
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}

    @Override
    public void close() throws MqttException {
      if (mqtt.isConnected()) {
        mqtt.disconnect();
      }
      mqtt.close();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @Statement(v311 = "MQTT-7.0.0-2")
  @CsvSource({"3, 0", "3, 1", "3, 2", "4, 0", "4, 1", "4, 2"})
  void exchangesMessagesOfEveryQoS(int version, int qos) throws Exception {
    String topic = "paho3/" + version + "/" + qos;
    try (Client subscriber = new Client("paho3-sub-" + version + qos);
        Client publisher = new Client("paho3-pub-" + version + qos)) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setMqttVersion(version);
      subscriber.mqtt.connect(options);
      publisher.mqtt.connect(options);
      subscriber.mqtt.subscribe(topic, qos);
      for (int i = 0; i < 20; i++) {
        publisher.mqtt.publish(topic, utf8("m" + i), qos, false);
      }
      for (int i = 0; i < 20; i++) {
        MqttMessage m = subscriber.hear();
        assertThat(new String(m.getPayload(), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("m" + i);
        assertThat(m.getQos()).isEqualTo(qos);
      }
    }
  }

  @Test
  void hearsRetainedMessages() throws Exception {
    try (Client publisher = Client.connected("paho3-keeper", true);
        Client subscriber = Client.connected("paho3-late", true)) {
      publisher.mqtt.publish("paho3/kept", utf8("kept"), 1, true);
      subscriber.mqtt.subscribe("paho3/kept", 1);
      MqttMessage m = subscriber.hear();
      assertThat(m.isRetained()).isTrue();
      publisher.mqtt.publish("paho3/kept", new byte[0], 1, true);
      assertThat(subscriber.hear().getPayload()).isEmpty();
    }
  }

  @Test
  void leavesAWillWhenItsConnectionBreaks() throws Exception {
    try (Client witness = Client.connected("paho3-witness", true); Client dying = new Client("paho3-dying")) {
      witness.mqtt.subscribe("paho3/will", 1);
      MqttConnectOptions options = new MqttConnectOptions();
      options.setWill("paho3/will", utf8("last words"), 1, false);
      dying.mqtt.connect(options);
      dying.mqtt.disconnectForcibly(0, 1, false);
      assertThat(witness.hearText()).isEqualTo("last words");
    }
  }

  @Test
  void isPutOutByItsNamesake() throws Exception {
    try (Client first = Client.connected("paho3-twin", true); Client second = Client.connected("paho3-twin", true)) {
      assertThat(first.lost.poll(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(second.mqtt.isConnected()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void hearsWhatCameWhileItWasAway(int qos) throws Exception {
    String topic = "paho3/away/" + qos;
    try (Client subscriber = Client.connected("paho3-away-" + qos, false);
        Client publisher = Client.connected("paho3-busy-" + qos, true)) {
      subscriber.mqtt.subscribe(topic, qos);
      subscriber.mqtt.disconnect();
      for (int i = 0; i < 10; i++) {
        publisher.mqtt.publish(topic, utf8("m" + i), qos, false);
      }
      MqttConnectOptions resume = new MqttConnectOptions();
      resume.setCleanSession(false);
      subscriber.mqtt.connect(resume);
      for (int i = 0; i < 10; i++) {
        assertThat(subscriber.hearText()).isEqualTo("m" + i);
      }
    }
  }

  @Test
  void isToldThatItsPasswordIsWrong() throws Exception {
    try (Client c = new Client("paho3-stranger")) {
      MqttConnectOptions options = new MqttConnectOptions();
      options.setUserName("nobody");
      options.setPassword("guess".toCharArray());
      MqttException e = catchThrowableOfType(MqttException.class, () -> c.mqtt.connect(options));
      assertThat(e.getReasonCode())
          .isIn((int) MqttException.REASON_CODE_FAILED_AUTHENTICATION, (int) MqttException.REASON_CODE_NOT_AUTHORIZED);
    }
  }
}
