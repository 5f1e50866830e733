package io.trivet.lab.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.PublicParameters;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import io.trivet.cli.client.Protection;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.Heard;
import io.trivet.cli.coap.Trace;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.lab.clients.LabServer;
import io.trivet.server.admin.Json;
import io.trivet.server.config.Option;
import io.trivet.smqtt.Form;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Sealer;
import io.trivet.smqtt.SealerOptions;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.Smqtt;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a thousand acknowledged messages of 64 bytes take on the wire, connection, handshake and keys included; the table
/// of docs/performance.md.
@Tag("slow")
class WireBytesTest {
  private static final int MESSAGES = 1_000;
  private static final int PAYLOAD = 64;
  private static final String TOPIC = "devices/wire/x";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;
  private static final LabServer SERVER =
      new LabServer(Map.of(Option.LISTEN_COAPS, "127.0.0.1:0", Option.COAP_REQUESTS_PER_SECOND, "100000"));

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static byte[] payload() {
    byte[] b = new byte[PAYLOAD];
    SECURE.nextBytes(b);
    return b;
  }

  private static List<Publication> due(Optional<Sealer> sealer) {
    if (sealer.isEmpty()) {
      return List.of(new Publication(TOPIC, Bytes.wrap(payload()), false, 0));
    }
    List<Publication> due = Smqtt.of(sealer.get()).seal(TOPIC, payload());
    due.stream().filter(Publication::header).forEach(sealer.get()::published);
    return due;
  }

  private static long mqtt(boolean tls, Optional<Sealer> sealer) throws Exception {
    try (CountingRelay relay = CountingRelay.tcp(tls ? SERVER.port("mqtts") : SERVER.plainPort())) {
      MqttClient c = new MqttClient(
          (tls ? "ssl://localhost:" : "tcp://localhost:") + relay.port(), "anybody", new MemoryPersistence());
      MqttConnectOptions o = new MqttConnectOptions();
      o.setMaxInflight(100); // Paho counts one as under way for a moment after it has said that it is done
      if (tls) {
        o.setSocketFactory(SERVER.trusting().getSocketFactory());
      }
      c.connect(o);
      for (int i = 0; i < MESSAGES; i++) {
        for (Publication p : due(sealer)) {
          c.publish(p.topic(), p.payload().toArray(), 1, p.retain());
        }
      }
      c.disconnect();
      c.close();
      return relay.bytes();
    }
  }

  private static long coap(boolean dtls, CoapClient.Security security, Optional<Sealer> sealer) throws Exception {
    try (CountingRelay relay = CountingRelay.udp(SERVER.port(dtls ? "coaps" : "coap"))) {
      CoapUri at = CoapUri.parse((dtls ? "coaps" : "coap") + "://127.0.0.1:" + relay.port());
      try (CoapClient c = CoapClient.open(at, 0, security, PATIENCE, Trace.NONE)) {
        for (int i = 0; i < MESSAGES; i++) {
          for (Publication p : due(sealer)) {
            Options to = Options.builder().path("ps/" + p.topic()).build();
            c.send(new Request(true, p.header() ? Code.PUT : Code.POST, to, p.payload()));
            assertThat(c.await(PATIENCE)).isInstanceOfSatisfying(
                Heard.Answer.class, a -> assertThat(a.response().code().isSuccess()).isTrue());
          }
        }
      }
      return relay.bytes();
    }
  }

  private static CoapClient.Security security(Optional<String> id, Optional<SecretBytes> psk, Optional<Path> oscore) {
    return new CoapClient.Security(
        new Protection(Optional.empty(), Optional.empty(), Optional.empty(), id, psk), Optional.empty(), oscore, Optional.empty());
  }

  @Test
  void countsThemBesideTheOthers() throws Exception {
    ObjectNode added = SERVER.call("device.add", Json.object().put("id", "wire").put("psk", true).put("oscore", true));
    String key = added.path("psk").path("key").asText();
    Path context = Path.of(added.path("oscore").path("file").asText());
    Map<String, Long> all = new LinkedHashMap<>();
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        SenderKey pump = SenderKey.generate("wire", RANDOMNESS)) {
      PublicParameters parameters = new PublicParameters(authority.publicKey(), 1);
      SealerOptions cose = SealerOptions.of("ward:7 and role:nurse", "devices/wire/#");
      SealerOptions compact = cose.form(Form.COMPACT);
      CoapClient.Security none = security(Optional.empty(), Optional.empty(), Optional.empty());
      all.put("MQTT in the clear", mqtt(false, Optional.empty()));
      all.put("SMQTT over that", mqtt(false, Optional.of(Sealer.of(parameters, pump, cose, Smqtt.SYSTEM))));
      all.put("MQTT over TLS 1.3", mqtt(true, Optional.empty()));
      all.put("SMQTT over that too", mqtt(true, Optional.of(Sealer.of(parameters, pump, cose, Smqtt.SYSTEM))));
      all.put("CoAP in the clear", coap(false, none, Optional.empty()));
      all.put("SMQTT, compact, over that",
          coap(false, none, Optional.of(Sealer.of(parameters, pump, compact, Smqtt.SYSTEM))));
      try (SecretBytes psk = SecretBytes.copyOf(HexFormat.of().parseHex(key))) {
        all.put("CoAP over DTLS, pre-shared key, AES-128-CCM-8",
            coap(true, security(Optional.of("wire"), Optional.of(psk), Optional.empty()), Optional.empty()));
      }
      all.put("CoAP with OSCORE", coap(false, security(Optional.empty(), Optional.empty(), Optional.of(context)),
          Optional.empty()));
    }
    all.forEach((what, bytes) -> System.out.println("| " + what + " | " + bytes + " |"));
    assertThat(all.values()).allSatisfy(n -> assertThat(n).isGreaterThan(MESSAGES * PAYLOAD));
    long header = 2_000; // a key header and its acknowledgement
    assertThat(all.get("SMQTT over that") - all.get("MQTT in the clear")).isLessThan(36L * MESSAGES + header);
    assertThat(all.get("SMQTT, compact, over that") - all.get("CoAP in the clear")).isLessThan(24L * MESSAGES + header);
  }
}
