package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.clients.Command;
import io.trivet.lab.clients.LabServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// libcoap's command line beside mosquitto's: what one publishes the other sees.
@Tag("slow")
class LibcoapTest {
  private static final LabServer SERVER = new LabServer();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static String uri(String path) {
    return "coap://127.0.0.1:" + SERVER.port("coap") + "/" + path;
  }

  private static Command coap(String... arguments) {
    List<String> all = new ArrayList<>(List.of("stdbuf", "-oL", "coap-client-notls", "-v", "6"));
    all.addAll(List.of(arguments));
    return Command.start(all.toArray(String[]::new));
  }

  /// All that the client printed.
  private static String run(String... arguments) {
    try (Command c = coap(arguments)) {
      return String.join("\n", c.awaitSuccess(PATIENCE));
    }
  }

  private static Command subscriber(String topic, String... more) {
    List<String> all = new ArrayList<>(List.of("stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p",
        "" + SERVER.plainPort(), "-t", topic, "-d"));
    all.addAll(List.of(more));
    Command c = Command.start(all.toArray(String[]::new));
    c.awaitLine(l -> l.contains("received SUBACK"), PATIENCE);
    return c;
  }

  private static void publish(String topic, String... more) {
    List<String> all = new ArrayList<>(
        List.of("mosquitto_pub", "-h", "127.0.0.1", "-p", "" + SERVER.plainPort(), "-t", topic));
    all.addAll(List.of(more));
    try (Command c = Command.start(all.toArray(String[]::new))) {
      c.awaitSuccess(PATIENCE);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"put", "post"})
  void publishesToAnMqttSubscriber(String method) {
    String topic = "from/coap/" + method;
    try (Command sub = subscriber(topic, "-q", "1", "-C", "2", "-F", "%q %p")) {
      run("-m", method, "-e", "confirmable", uri("ps/" + topic));
      run("-N", "-m", method, "-e", "not", uri("ps/" + topic));
      assertThat(sub.awaitSuccess(PATIENCE)).contains("1 confirmable", "0 not");
    }
  }

  @Test
  void readsWhatMqttRetains() {
    publish("kept/1", "-r", "-q", "1", "-m", "by mqtt");
    assertThat(run("-m", "get", uri("ps/kept/1"))).contains("2.05", "by mqtt");
    assertThat(run("-m", "delete", uri("ps/kept/1"))).contains("2.02");
    assertThat(run("-m", "get", uri("ps/kept/1"))).contains("4.04");
  }

  @Test
  void observesWhatMqttPublishes() {
    try (Command c = coap("-s", "10", "-m", "get", uri("ps/seen/1"))) {
      c.awaitLine(l -> l.contains("2.05") && l.contains("Observe"), PATIENCE);
      publish("seen/1", "-q", "1", "-m", "first");
      c.awaitLine(l -> l.contains("t:CON") && l.contains("first"), PATIENCE);
      publish("seen/1", "-q", "0", "-m", "second");
      c.awaitLine(l -> l.contains("t:NON") && l.contains("second"), PATIENCE);
    }
  }

  @Test
  void observesByFilter() {
    try (Command c = coap("-s", "10", "-m", "get", uri("ps?filter=ward/%2B/hr"))) {
      c.awaitLine(l -> l.contains("2.05") && l.contains("Observe"), PATIENCE);
      publish("ward/7/hr", "-q", "1", "-m", "61");
      c.awaitLine(l -> l.contains("Location-Path:7") && l.contains("61"), PATIENCE);
    }
  }

  @Test
  void carriesContentFormatAndUserProperties() {
    try (Command sub = subscriber("typed/1", "-V", "5", "-C", "1", "-F", "%C %P %p")) {
      run("-m", "put", "-t", "50", "-e", "{}", uri("ps/typed/1?up.room=7"));
      assertThat(sub.awaitSuccess(PATIENCE)).contains("application/json room:7 {}");
    }
  }

  @Test
  void movesAMebibyteInBlocksBothWays(@TempDir Path work) throws IOException {
    byte[] body = new byte[1 << 20];
    new Random(1).nextBytes(body);
    Path sent = Files.write(work.resolve("sent"), body);
    Path got = work.resolve("got");
    run("-B", "60", "-b", "1024", "-m", "put", "-f", sent.toString(), uri("ps/large"));
    run("-B", "60", "-b", "1024", "-m", "get", "-o", got.toString(), uri("ps/large"));
    assertThat(Files.readAllBytes(got)).isEqualTo(body);
  }

  @Test
  void refusesACriticalOptionThatItDoesNotKnow() {
    assertThat(run("-m", "get", "-O", "65001,x", uri("ps/a"))).contains("4.02");
  }

  @Test
  void doesNotProxy() {
    assertThat(run("-m", "get", "-P", uri(""), "coap://example.net/a")).contains("5.05");
  }
}
