package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import io.trivet.server.config.Option;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `trivet pub` and `trivet sub` as a person runs them, before Trivet itself, on every transport.
@NullMarked
class PubSubTest {
  @TempDir static Path dir;
  private static @Nullable TrivetServer server;
  private static String psk = "";
  private static String pskIdentity = "";

  @BeforeAll
  static void start() throws IOException {
    TrivetServer s = TrivetServer.start(ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "127.0.0.1:0").with(Option.LISTEN_WSS, "127.0.0.1:0")
        .with(Option.LISTEN_PSK, "127.0.0.1:0").with(Option.INSECURE_PLAINTEXT, "127.0.0.1:0")
        .with(Option.INSECURE_WEBSOCKET, "127.0.0.1:0"));
    server = s;
    try (Admin admin = AdminClient.open(dir.resolve("data"))) {
      ObjectNode lamp = Json.object().put("id", "lamp").put("password", "correct horse").put("psk", true)
          .put("certificate", true).put("client-id", "prefix");
      ObjectNode made = admin.call("device.add", lamp);
      psk = made.path("psk").path("key").asText();
      pskIdentity = made.path("psk").path("identity").asText();
    }
    Files.writeString(dir.resolve("password"), "correct horse\n");
    Files.writeString(dir.resolve("psk"), psk + "\n");
  }

  @AfterAll
  static void stop() {
    TrivetServer s = server;
    if (s != null) {
      s.close();
    }
  }

  private record Ended(int code, String out, String err) {}

  private static Ended run(List<String> args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Trivet.commandLine(new PrintWriter(out), new PrintWriter(err, true))
        .execute(args.toArray(String[]::new));
    return new Ended(code, out.toString(), err.toString());
  }

  private static List<String> with(List<String> common, String... more) {
    List<String> all = new ArrayList<>(List.of(more[0]));
    all.addAll(common);
    all.addAll(List.of(more).subList(1, more.length));
    return all;
  }

  private static int port(String kind) {
    TrivetServer s = server;
    if (s == null) {
      throw new AssertionError("no server");
    }
    return s.report().listening().stream().filter(l -> l.kind().equals(kind)).findFirst()
        .orElseThrow(() -> new AssertionError(kind + " is not among " + s.report().listening())).address().getPort();
  }

  private static List<String> by(String kind) {
    return by(kind, "password");
  }

  private static List<String> by(String kind, String passwordFile) {
    List<String> password = List.of("-u", "lamp", "--password-file", dir.resolve(passwordFile).toString());
    List<String> all = new ArrayList<>(List.of("--data", dir.resolve("data").toString(), "--url"));
    switch (kind) {
      case "mqtts" -> all.add("mqtts://127.0.0.1:" + port("mqtts"));
      case "wss" -> all.add("wss://127.0.0.1:" + port("wss") + "/mqtt");
      case "psk" -> all.add("mqtts+psk://127.0.0.1:" + port("psk"));
      case "plain" -> all.add("mqtt://127.0.0.1:" + port("plaintext"));
      default -> all.add("ws://127.0.0.1:" + port("websocket") + "/mqtt");
    }
    if (kind.equals("psk")) {
      all.addAll(List.of("--psk-identity", pskIdentity, "--psk-file", dir.resolve("psk").toString()));
    } else {
      all.addAll(password);
    }
    return all;
  }

  private static JsonNode json(String text) throws IOException {
    return new ObjectMapper().readTree(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqtts", "wss", "psk", "plain", "ws"})
  void publishesAndSubscribesOverEveryTransport(String kind) throws IOException {
    String topic = "devices/lamp/over-" + kind;
    Ended pub = run(with(by(kind), "pub", "-t", topic, "-m", "on ü", "-q", "2", "-r", "--property",
        "content-type=text/plain", "--user-property", "k=v"));
    assertThat(pub).isEqualTo(new Ended(0, "", ""));
    Ended sub = run(with(by(kind), "sub", "-t", topic, "-q", "1", "-C", "1", "-W", "10", "--json", "-i", "lamp-s"));
    assertThat(sub.code()).as(sub.err()).isZero();
    JsonNode m = json(sub.out());
    assertThat(m.path("topic").asText()).isEqualTo(topic);
    assertThat(m.path("payload").asText()).isEqualTo("on ü");
    assertThat(m.path("qos").asInt()).isEqualTo(1);
    assertThat(m.path("retain").asBoolean()).isTrue();
    assertThat(m.path("properties").path("contentType").asText()).isEqualTo("text/plain");
    assertThat(m.path("properties").path("userProperties").path(0).path("name").asText()).isEqualTo("k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.1", "3.1.1", "5"})
  void speaksEveryVersion(String version) {
    String topic = "devices/lamp/by-" + version;
    Ended pub = run(with(by("mqtts"), "pub", "-t", topic, "-m", "on", "-q", "1", "-r", "-V", version, "-i", "lamp"));
    assertThat(pub).isEqualTo(new Ended(0, "", ""));
    Ended sub = run(with(by("mqtts"), "sub", "-t", topic, "-v", "-C", "1", "-W", "10", "-V", version, "-i", "lamp"));
    assertThat(sub).isEqualTo(new Ended(0, topic + " on\n", ""));
  }

  @Test
  void provesAPasswordWithoutSendingIt() throws IOException {
    Ended pub = run(with(by("plain"), "pub", "-t", "devices/lamp/scram", "-m", "x", "-q", "1", "--scram"));
    assertThat(pub).isEqualTo(new Ended(0, "", ""));
    Files.writeString(dir.resolve("wrong"), "battery staple\n");
    Ended refused = run(with(by("plain", "wrong"), "pub", "-t", "devices/lamp/scram", "-m", "x", "--scram"));
    assertThat(refused.code()).isEqualTo(Trivet.FAILED);
    assertThat(refused.err()).startsWith("trivet: the server refused the connection: ").hasLineCount(1);
  }

  @Test
  void publishesEachLineOfStandardInput() throws Exception {
    String topic = "devices/lamp/lines";
    Path ready = dir.resolve("data");
    CompletableFuture<Ended> sub = CompletableFuture.supplyAsync(() -> run(
        with(by("mqtts"), "sub", "-t", topic, "-q", "2", "-C", "500", "-W", "20", "-i", "lamp-lines")));
    try (Admin admin = AdminClient.open(ready)) {
      for (int i = 0; i < 200 && admin.call("status", Json.object()).path("subscriptions").asInt() == 0; i++) {
        Thread.sleep(25);
      }
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      lines.append("line ").append(i).append('\n');
    }
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)));
      assertThat(run(with(by("mqtts"), "pub", "-t", topic, "-l", "-q", "2"))).isEqualTo(new Ended(0, "", ""));
    } finally {
      System.setIn(before);
    }
    assertThat(sub.get(30, TimeUnit.SECONDS)).isEqualTo(new Ended(0, lines.toString(), ""));
  }

  @Test
  void endsWithThreeWhereTheTimeRanOut() {
    Ended sub = run(with(by("mqtts"), "sub", "-t", "devices/lamp/never", "-C", "1", "-W", "1"));
    assertThat(sub).isEqualTo(new Ended(SubCommand.OUT_OF_TIME, "", ""));
    assertThat(run(with(by("mqtts"), "sub", "-t", "devices/lamp/never", "-W", "1")).code()).isZero();
  }

  @Test
  void saysInOneLineWhyNot() throws IOException {
    Ended denied = run(with(by("mqtts"), "pub", "-t", "devices/other/state", "-m", "x", "-q", "1"));
    assertThat(denied.code()).isEqualTo(Trivet.FAILED);
    assertThat(denied.err()).startsWith(
        "trivet: the server refused the message to devices/other/state: not authorized (0x87)").hasLineCount(1);
    Ended filter = run(with(by("mqtts"), "sub", "-t", "devices/other/#", "-W", "5"));
    assertThat(filter.code()).isEqualTo(Trivet.FAILED);
    assertThat(filter.err()).contains("refused the subscription to devices/other/#: not authorized");
    Files.writeString(dir.resolve("wrong2"), "nope nope\n");
    Ended password = run(with(by("mqtts", "wrong2"), "pub", "-t", "a", "-m", "x"));
    assertThat(password.code()).isEqualTo(Trivet.FAILED);
    assertThat(password.err()).startsWith("trivet: the server refused the connection: ").hasLineCount(1);
  }

  @Test
  void explainsArgumentsItCannotUse() {
    List<List<String>> wrong = List.of(
        List.of("pub", "-t", "a/+", "-m", "x"), List.of("pub", "-t", "a", "-m", "x", "-q", "3"),
        List.of("pub", "-t", "a", "-m", "x", "--property", "colour=red"),
        List.of("pub", "-t", "a", "-m", "x", "--url", "http://a"),
        List.of("pub", "-t", "a", "-m", "x", "-V", "4.2"), List.of("pub", "-t", "a", "-m", "x", "--cert", "only.crt"),
        List.of("pub", "-t", "a", "-m", "x", "--psk-identity", "i", "--psk", "0x1"),
        List.of("sub", "-t", "a", "-C", "-1"), List.of("sub", "-t", "a", "-V", "3.1.1", "--no-local"));
    for (List<String> args : wrong) {
      Ended e = run(args);
      assertThat(e.code()).as("%s", args).isEqualTo(Trivet.FAILED);
      assertThat(e.err()).as("%s", args).startsWith("trivet: ").hasLineCount(1).doesNotContain("unexpected");
    }
    assertThat(run(List.of("pub", "-t", "a")).code()).isEqualTo(Trivet.USAGE);
    assertThat(run(List.of("sub")).code()).isEqualTo(Trivet.USAGE);
    assertThat(run(List.of("sub", "--help")).out()).contains("Usage: trivet sub");
  }
}
