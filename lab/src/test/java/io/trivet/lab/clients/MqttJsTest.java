package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// MQTT.js on Node.js, over secure WebSocket and over TLS.
@Tag("slow")
class MqttJsTest {
  private static final LabServer SERVER = new LabServer();
  private static final Path TARGET = Path.of("target", "js").toAbsolutePath();

  @BeforeAll
  static void start() throws IOException {
    SERVER.start();
    SERVER.password("page", "from a browser", "operators");
    install();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /// Once for each state of the lock file.
  private static void install() throws IOException {
    Path source = Path.of("src", "test", "js").toAbsolutePath();
    Path lock = TARGET.resolve("package-lock.json");
    Path wanted = source.resolve("package-lock.json");
    Path done = TARGET.resolve("node_modules").resolve("mqtt").resolve("package.json");
    if (Files.exists(lock) && Files.exists(done) && Files.mismatch(lock, wanted) < 0) {
      return;
    }
    Files.createDirectories(TARGET);
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(source.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    try (Command npm = Command.start(TARGET, Map.of(),
        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))) {
      npm.awaitSuccess(Duration.ofMinutes(2));
    }
  }

  @ParameterizedTest(name = "MQTT level {1} over {0}")
  @CsvSource({"wss, 3", "wss, 4", "wss, 5", "mqtts, 4", "mqtts, 5"})
  void exchangesMessages(String scheme, String level) {
    String url = scheme + "://localhost:" + SERVER.port(scheme) + (scheme.equals("wss") ? "/mqtt" : "");
    Map<String, String> environment = Map.of("NODE_MODULES", TARGET.resolve("node_modules").toString());
    try (Command node = Command.start(Path.of("").toAbsolutePath(), environment, List.of("node",
        "src/test/js/exchange.js", url, SERVER.authority().toString(), level, "page", "from a browser"))) {
      assertThat(node.awaitSuccess(Duration.ofSeconds(40))).contains("ok will", "ok delivered QoS 2", "ok retained");
    }
  }
}
