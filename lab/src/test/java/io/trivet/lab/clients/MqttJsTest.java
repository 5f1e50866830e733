package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// MQTT.js on Node.js, over secure WebSocket and over TLS.
@Tag("slow")
class MqttJsTest {
  private static final LabServer SERVER = new LabServer();

  @BeforeAll
  static void start() {
    SERVER.start();
    SERVER.password("page", "from a browser", "operators");
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @ParameterizedTest(name = "MQTT level {1} over {0}")
  @CsvSource({"wss, 3", "wss, 4", "wss, 5", "mqtts, 4", "mqtts, 5"})
  void exchangesMessages(String scheme, String level) {
    String url = scheme + "://localhost:" + SERVER.port(scheme) + (scheme.equals("wss") ? "/mqtt" : "");
    try (Command node = NodeModules.run(
        "exchange.js", url, SERVER.authority().toString(), level, "page", "from a browser")) {
      assertThat(node.awaitSuccess(Duration.ofSeconds(40))).contains("ok will", "ok delivered QoS 2", "ok retained");
    }
  }
}
