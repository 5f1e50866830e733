package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rights go on: subscriptions by MQTT and observations by CoAP that the rules do not allow any more end within a second.
@Tag("slow")
class RightsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  @TempDir Path dir;
  private TrivetServer server;

  @BeforeEach
  void start() throws IOException {
    allow("\"#\"");
    server = TrivetServer.start(ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "")
        .with(Option.INSECURE_PLAINTEXT, "127.0.0.1:0")
        .with(Option.INSECURE_COAP, "127.0.0.1:0")
        .with(Option.INSECURE_COAP_WRITES, "true")
        .with(Option.INSECURE_ANONYMOUS, "true")
        .with(Option.RULES, dir.resolve("rules.yaml").toString()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void allow(String topics) throws IOException {
    Files.writeString(dir.resolve("rules.yaml"), """
        version: 1
        rules:
          - allow: [publish, subscribe, retain]
            anonymous: true
            topic: [%s]
        """.formatted(topics));
  }

  private String port(String kind) {
    return Integer.toString(server.report().listening().stream().filter(l -> l.kind().equals(kind)).findFirst()
        .orElseThrow().address().getPort());
  }

  private long metric(String name) {
    try (Admin admin = AdminClient.open(dir.resolve("data"))) {
      return admin.call("metrics", Json.object()).path("text").asText().lines().filter(l -> l.startsWith(name + " "))
          .mapToLong(l -> Long.parseLong(l.substring(name.length() + 1))).findFirst().orElseThrow();
    }
  }

  private void publish(String topic, String text) {
    try (Command pub = Command.start("mosquitto_pub", "-h", "127.0.0.1", "-p", port("plaintext"), "-q", "1", "-t", topic,
        "-m", text)) {
      pub.awaitSuccess(PATIENCE);
    }
  }

  @Test
  void endWhenTheRulesChange() throws IOException {
    try (Command sub = Command.start("stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", port("plaintext"), "-q", "1",
            "-t", "ward/#", "-t", "news", "-v", "-d");
        Command observe = Command.start("stdbuf", "-oL", "coap-client-notls", "-v", "6", "-s", "60", "-m", "get",
            "coap://127.0.0.1:" + port("coap") + "/ps/ward/7/pulse")) {
      sub.awaitLine(l -> l.contains("SUBACK"), PATIENCE);
      observe.awaitLine(l -> l.contains("2.05"), PATIENCE);
      publish("ward/7/pulse", "before");
      sub.awaitLine(l -> l.equals("ward/7/pulse before"), PATIENCE);
      observe.awaitLine(l -> l.contains("before"), PATIENCE);

      allow("\"news\"");
      server.reload();
      await().atMost(Duration.ofSeconds(2)).untilAsserted(
          () -> assertThat(metric("trivet_subscriptions_ended_total")).isEqualTo(2));
      observe.awaitLine(l -> l.contains("4.01"), PATIENCE);

      allow("\"#\""); // whoever may again asks again
      server.reload();
      publish("ward/7/pulse", "after");
      publish("news", "rain");
      sub.awaitLine(l -> l.equals("news rain"), PATIENCE);
      assertThat(sub.output()).noneMatch(l -> l.contains("after"));
      assertThat(observe.output()).noneMatch(l -> l.contains("after"));
      assertThat(metric("trivet_subscriptions_ended_total")).isEqualTo(2);
    }
  }
}
