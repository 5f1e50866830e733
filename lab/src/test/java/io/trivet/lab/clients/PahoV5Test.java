package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Eclipse Paho for Java, MQTT 5.0.
@Tag("slow")
class PahoV5Test {
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
    final BlockingQueue<MqttDisconnectResponse> goodbyes = new LinkedBlockingQueue<>();

    Client(String id) throws MqttException {
      mqtt = new MqttClient("tcp://127.0.0.1:" + SERVER.plainPort(), id, new MemoryPersistence());
      mqtt.setCallback(this);
      mqtt.setTimeToWait(10_000);
    }

    static Client connected(String id) throws MqttException {
      Client c = new Client(id);
      c.mqtt.connect(options(true, 0));
      return c;
    }

    static MqttConnectionOptions options(boolean clean, long expirySeconds) {
      MqttConnectionOptions options = new MqttConnectionOptions();
      options.setCleanStart(clean);
      options.setSessionExpiryInterval(expirySeconds);
      options.setAutomaticReconnect(false);
      return options;
    }

    MqttMessage hear() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(10, TimeUnit.SECONDS), "no message came");
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      goodbyes.add(response);
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
      throw new AssertionError(exception);
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      heard.add(message);
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}

    @Override
    public void close() throws MqttException {
      if (mqtt.isConnected()) {
        mqtt.disconnect();
      }
      mqtt.close();
    }
  }

  private static String text(MqttMessage m) {
    return new String(m.getPayload(), StandardCharsets.UTF_8);
  }

  private static MqttMessage message(String text, int qos) {
    MqttMessage m = new MqttMessage(text.getBytes(StandardCharsets.UTF_8));
    m.setQos(qos);
    return m;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void exchangesMessagesOfEveryQoS(int qos) throws Exception {
    String topic = "paho5/" + qos;
    try (Client subscriber = Client.connected("paho5-sub-" + qos);
        Client publisher = Client.connected("paho5-pub-" + qos)) {
      subscriber.mqtt.subscribe(topic, qos);
      for (int i = 0; i < 20; i++) {
        publisher.mqtt.publish(topic, message("m" + i, qos));
      }
      for (int i = 0; i < 20; i++) {
        MqttMessage m = subscriber.hear();
        assertThat(text(m)).isEqualTo("m" + i);
        assertThat(m.getQos()).isEqualTo(qos);
      }
    }
  }

  @Test
  void hearsPropertiesAsTheyWereSent() throws Exception {
    try (Client subscriber = Client.connected("paho5-reader"); Client publisher = Client.connected("paho5-writer")) {
      subscriber.mqtt.subscribe("paho5/properties", 1);
      MqttProperties properties = new MqttProperties();
      properties.setContentType("text/plain");
      properties.setResponseTopic("paho5/answers");
      properties.setCorrelationData(new byte[] {0, 1, 2});
      properties.setUserProperties(List.of(new UserProperty("a", "1"), new UserProperty("a", "2")));
      properties.setMessageExpiryInterval(100L);
      MqttMessage sent = message("m", 1);
      sent.setProperties(properties);
      publisher.mqtt.publish("paho5/properties", sent);
      MqttProperties got = subscriber.hear().getProperties();
      assertThat(got.getContentType()).isEqualTo("text/plain");
      assertThat(got.getResponseTopic()).isEqualTo("paho5/answers");
      assertThat(got.getCorrelationData()).containsExactly(0, 1, 2);
      assertThat(got.getUserProperties()).extracting(UserProperty::getValue).containsExactly("1", "2");
      assertThat(got.getMessageExpiryInterval()).isBetween(99L, 100L);
    }
  }

  @Test
  void sharesTheWork() throws Exception {
    try (Client one = Client.connected("paho5-one");
        Client two = Client.connected("paho5-two");
        Client publisher = Client.connected("paho5-boss")) {
      one.mqtt.subscribe("$share/workers/paho5/jobs", 1);
      two.mqtt.subscribe("$share/workers/paho5/jobs", 1);
      for (int i = 0; i < 40; i++) {
        publisher.mqtt.publish("paho5/jobs", message("m" + i, 1));
      }
      List<String> all = new ArrayList<>();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (all.size() < 40 && System.nanoTime() < deadline) {
        for (Client c : List.of(one, two)) {
          MqttMessage m = c.heard.poll(20, TimeUnit.MILLISECONDS);
          if (m != null) {
            all.add(text(m));
          }
        }
      }
      assertThat(all).hasSize(40).doesNotHaveDuplicates();
    }
  }

  @Test
  void findsItsSessionWithinItsTimeAndNotAfter() throws Exception {
    try (Client subscriber = new Client("paho5-away"); Client publisher = Client.connected("paho5-busy")) {
      subscriber.mqtt.connect(Client.options(true, 100));
      subscriber.mqtt.subscribe("paho5/away", 1);
      subscriber.mqtt.disconnect();
      publisher.mqtt.publish("paho5/away", message("queued", 1));
      assertThat(subscriber.mqtt.connectWithResult(Client.options(false, 1)).getSessionPresent()).isTrue();
      assertThat(text(subscriber.hear())).isEqualTo("queued");
      subscriber.mqtt.disconnect();
      TimeUnit.MILLISECONDS.sleep(1_500); // the shortest session expiry there is, and a little more
      assertThat(subscriber.mqtt.connectWithResult(Client.options(false, 0)).getSessionPresent()).isFalse();
    }
  }

  @Test
  void isToldWhoPutItOut() throws Exception {
    try (Client first = Client.connected("paho5-twin"); Client second = Client.connected("paho5-twin")) {
      MqttDisconnectResponse goodbye = Objects.requireNonNull(first.goodbyes.poll(10, TimeUnit.SECONDS));
      assertThat(goodbye.getReturnCode()).isEqualTo(0x8E);
      assertThat(second.mqtt.isConnected()).isTrue();
    }
  }

  @Test
  void leavesAWillWhenItsConnectionBreaks() throws Exception {
    try (Client witness = Client.connected("paho5-witness"); Client dying = new Client("paho5-dying")) {
      witness.mqtt.subscribe("paho5/will", 2);
      MqttConnectionOptions options = Client.options(true, 0);
      options.setWill("paho5/will", message("last words", 2));
      dying.mqtt.connect(options);
      dying.mqtt.disconnectForcibly(0, 1, false);
      assertThat(text(witness.hear())).isEqualTo("last words");
    }
  }
}
