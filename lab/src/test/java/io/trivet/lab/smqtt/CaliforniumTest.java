package io.trivet.lab.smqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Randomness;
import io.trivet.lab.clients.LabServer;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.Senders;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.client.Californium;
import io.trivet.smqtt.client.PahoV3;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What Californium seals on CoAP Paho opens on MQTT, and the other way round.
@Tag("slow")
class CaliforniumTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final LabServer SERVER = new LabServer();
  private static CoapEndpoint endpoint;

  static {
    CoapConfig.register();
    UdpConfig.register();
  }

  @BeforeAll
  static void start() throws IOException {
    SERVER.start();
    endpoint = CoapEndpoint.builder().setConfiguration(Configuration.createStandardWithoutFile()).build();
    endpoint.start();
  }

  @AfterAll
  static void stop() {
    endpoint.destroy();
    SERVER.close();
  }

  private static Californium coap() {
    return new Californium(endpoint, "coap://127.0.0.1:" + SERVER.port("coap") + "/ps");
  }

  private static void heard(List<Opened> all, String text) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(all).anySatisfy(o -> assertThat(o).isInstanceOfSatisfying(
        Opened.Message.class, m -> assertThat(m.payload().asUtf8()).isEqualTo(text))));
  }

  @Test
  void sealsOnOneAndOpensOnTheOther() throws Exception {
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        ReaderKey nurse = authority.issue("role:nurse, ward:7, epoch:1", RANDOMNESS).orThrow();
        SenderKey pump = SenderKey.generate("pump 1", RANDOMNESS)) {
      PublicParameters parameters = new PublicParameters(authority.publicKey(), 1);
      Senders known = Senders.of(pump.identity());
      Smqtt sealed = Smqtt.publisher(parameters, pump, "ward:7 and role:nurse", "ward 7/#");

      List<Opened> byMqtt = new CopyOnWriteArrayList<>();
      MqttClient c = new MqttClient("tcp://127.0.0.1:" + SERVER.plainPort(), "sealed", new MemoryPersistence());
      c.connect();
      PahoV3.subscribe(c, Smqtt.subscriber(nurse, known), "ward 7/#", byMqtt::add);
      sealed.publish("ward 7/pulse", "72".getBytes(java.nio.charset.StandardCharsets.US_ASCII), coap().over(true));
      heard(byMqtt, "72");

      List<Opened> byCoap = new CopyOnWriteArrayList<>();
      Smqtt reading = Smqtt.subscriber(nurse, known);
      List<CoapObserveRelation> topic = coap().subscribe(reading, "ward 7/pulse", byCoap::add);
      heard(byCoap, "72");
      sealed.publish("ward 7/pulse", "80".getBytes(java.nio.charset.StandardCharsets.US_ASCII), PahoV3.over(c));
      heard(byCoap, "80");
      heard(byMqtt, "80");
      assertThat(coap().read(reading, "ward 7/pulse")).as("Paho's was not kept, so the first is older than what came")
          .singleElement().isInstanceOfSatisfying(
              Opened.Refused.class, r -> assertThat(r.reason()).isEqualTo(Refusal.REPLAYED));
      topic.forEach(CoapObserveRelation::proactiveCancel);

      List<Opened> byFilter = new CopyOnWriteArrayList<>();
      coap().subscribe(Smqtt.subscriber(nurse, known), "ward 7/+", byFilter::add);
      heard(byFilter, "72");
      assertThat(coap().read(reading, "nothing/here")).isEmpty();
      assertThatThrownBy(() -> coap().subscribe(reading, "a/#/b", _ -> {})).isInstanceOf(IOException.class)
          .hasMessageContaining("cannot be observed");
      c.disconnect();
      c.close();
    }
  }
}
