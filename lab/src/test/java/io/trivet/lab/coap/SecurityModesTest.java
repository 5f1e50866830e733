package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.lab.clients.Command;
import io.trivet.lab.clients.LabServer;
import io.trivet.server.admin.Json;
import io.trivet.server.config.Option;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every way a device can prove itself over CoAP, from one registry: what it publishes an MQTT subscriber sees, what MQTT
/// retains it reads, and it may do what rules allow its device and nothing else.
@Tag("slow")
class SecurityModesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final LabServer SERVER = new LabServer(Map.of(
      Option.LISTEN_COAPS, "127.0.0.1:0", Option.LISTEN_COAPS_TCP, "127.0.0.1:0",
      Option.LISTEN_COAPS_TCP_PSK, "127.0.0.1:0",
      Option.INSECURE_COAP_WRITES, "false"));

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static ObjectNode device(String id, String credential) {
    return SERVER.call("device.add", Json.object().put("id", id).put(credential, true));
  }

  private static String uri(String scheme, String path) {
    return scheme + "://127.0.0.1:" + SERVER.port(scheme) + "/ps/" + path;
  }

  private static Command subscriber(String topic) {
    Command c = Command.start("stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", "" + SERVER.plainPort(), "-t",
        topic, "-q", "1", "-C", "1", "-d", "-F", "%q %p");
    c.awaitLine(l -> l.contains("received SUBACK"), PATIENCE);
    return c;
  }

  /// Publishes, reads and is kept to its rules.
  private static void converse(String device, List<String> put, List<String> get, List<String> foreign) {
    try (Command sub = subscriber("devices/" + device + "/x")) {
      run(put, 0);
      assertThat(sub.awaitSuccess(PATIENCE)).contains("1 hello");
    }
    assertThat(run(get, 0)).contains("hello");
    run(foreign, -1);
  }

  /// @param code -1 for a refusal, which some clients tell by their exit code and some in words
  private static String run(List<String> line, int code) {
    try (Command c = Command.start(line.toArray(String[]::new))) {
      int exit = c.awaitExit(PATIENCE);
      String said = String.join("\n", c.output());
      if (code >= 0) {
        assertThat(exit).as(said).isEqualTo(code);
      } else {
        assertThat(said).contains("4.03");
      }
      return said;
    }
  }

  private static List<String> ours(String... arguments) {
    List<String> lines = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), "io.trivet.cli.Trivet",
        "coap"));
    lines.addAll(List.of(arguments));
    return lines;
  }

  private static void converseByOurs(String device, String scheme, String... credential) {
    converse(device, with(ours("put", uri(scheme, "devices/" + device + "/x"), "-m", "hello"), credential),
        with(ours("get", uri(scheme, "devices/" + device + "/x")), credential),
        with(ours("put", uri(scheme, "devices/other/x"), "-m", "no"), credential));
  }

  private static void converseByLibcoap(String client, String device, String... credential) {
    List<String> base = new ArrayList<>(List.of(client, "-v", "6", "-B", "10"));
    base.addAll(List.of(credential));
    List<String> put = new ArrayList<>(base);
    put.addAll(List.of("-m", "put", "-e", "hello", uri("coaps", "devices/" + device + "/x")));
    List<String> get = new ArrayList<>(base);
    get.addAll(List.of("-m", "get", uri("coaps", "devices/" + device + "/x")));
    List<String> foreign = new ArrayList<>(base);
    foreign.addAll(List.of("-m", "put", "-e", "no", uri("coaps", "devices/other/x")));
    converse(device, put, get, foreign);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
  void libcoapByAPreSharedKey(String client) {
    String id = client + "-psk";
    String key = device(id, "psk").path("psk").path("key").asText();
    converseByLibcoap(client, id, "-u", id, "-k",
        new String(HexFormat.of().parseHex(key), StandardCharsets.US_ASCII));
  }

  @Test
  void libcoapByAPreSharedKeyOverTcp() {
    String key = device("stream", "psk").path("psk").path("key").asText();
    String text = new String(HexFormat.of().parseHex(key), StandardCharsets.US_ASCII);
    String uri = "coaps+tcp://127.0.0.1:" + SERVER.port("coaps+tcp-psk") + "/ps/devices/";
    List<String> base = List.of("coap-client-openssl", "-v", "6", "-B", "10", "-u", "stream", "-k", text);
    converse("stream", with(base, "-m", "put", "-e", "hello", uri + "stream/x"), with(base, "-m", "get", uri + "stream/x"),
        with(base, "-m", "put", "-e", "no", uri + "other/x"));
  }

  private static List<String> with(List<String> base, String... more) {
    List<String> all = new ArrayList<>(base);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void libcoapByACertificate() {
    var files = device("certified", "certificate").path("files");
    converseByLibcoap("coap-client-openssl", "certified", "-C", files.path("authority").asText(), "-c",
        files.path("certificate").asText(), "-j", files.path("key").asText());
  }

  @Test
  void oursByAPreSharedKey() {
    String key = device("keyed", "psk").path("psk").path("key").asText();
    converseByOurs("keyed", "coaps", "--psk-identity", "keyed", "--psk", key);
  }

  @Test
  void oursByARawPublicKey() {
    String key = device("raw", "raw-key").path("raw-key").path("key").asText();
    converseByOurs("raw", "coaps", "--rpk-key-file", key, "--rpk-server-file",
        SERVER.data().resolve("server-rpk.pem").toString());
  }

  @ParameterizedTest(name = "over {0}")
  @ValueSource(strings = {"coaps", "coaps+tcp"})
  void oursByACertificate(String scheme) {
    String id = "cert-" + scheme.length();
    var files = device(id, "certificate").path("files");
    converseByOurs(id, scheme, "--ca", files.path("authority").asText(), "--cert", files.path("certificate").asText(),
        "--key", files.path("key").asText());
  }

  @Test
  void oursByOscoreWithoutDtls() {
    String file = device("object", "oscore").path("oscore").path("file").asText();
    converseByOurs("object", "coap", "--oscore", file);
  }

  @ParameterizedTest(name = "on {0}")
  @ValueSource(strings = {"p256", "x25519", "ed25519"})
  void oursByKeysAgreedOnByEdhoc(String curve) {
    String id = "edhoc-" + curve;
    ObjectNode added = SERVER.call("device.add", Json.object().put("id", id).put("edhoc", curve));
    String file = added.path("edhoc").path("file").asText();
    converseByOurs(id, "coap", "--edhoc", file);

    SERVER.call("device.block", Json.object().put("id", id));
    List<String> refused = ours("put", uri("coap", "devices/" + id + "/x"), "-m", "no", "--edhoc", file);
    assertThat(run(refused, 1)).contains("the credential is not known");
  }

  @Test
  void refusesWhoHasNoSecurityToWrite() {
    assertThat(run(List.of("coap-client-notls", "-v", "6", "-m", "put", "-e", "x", uri("coap", "clear")), 0))
        .contains("4.01");
  }

  @Test
  void countsHandshakesThatSucceedAndThoseThatDoNot() {
    String key = device("counted", "psk").path("psk").path("key").asText();
    List<String> wrong = List.of("coap-client-openssl", "-v", "6", "-B", "3", "-u", "counted", "-k", "no-such-key-0123456",
        "-m", "get", uri("coaps", "devices/counted/x"));
    long before = metric("trivet_transport_dtls_handshakes_total");
    try (Command c = Command.start(wrong.toArray(String[]::new))) {
      c.awaitExit(PATIENCE);
    }
    assertThat(metric("trivet_transport_dtls_handshakes_total")).isEqualTo(before);
    converseByLibcoap("coap-client-openssl", "counted", "-u", "counted", "-k",
        new String(HexFormat.of().parseHex(key), StandardCharsets.US_ASCII));
    assertThat(metric("trivet_transport_dtls_handshakes_total")).isGreaterThan(before);
  }

  private static long metric(String name) {
    return SERVER.call("metrics", Json.object()).path("text").asText().lines()
        .filter(l -> l.startsWith(name + " ")).mapToLong(l -> Long.parseLong(l.substring(name.length() + 1))).sum();
  }

  @Test
  void endsTheAssociationOfABlockedDevice() {
    String key = device("doomed", "psk").path("psk").path("key").asText();
    String text = new String(HexFormat.of().parseHex(key), StandardCharsets.US_ASCII);
    try (Command c = Command.start("stdbuf", "-oL", "coap-client-openssl", "-v", "6", "-s", "20", "-u", "doomed", "-k", text,
        "-m", "get", uri("coaps", "devices/doomed/x"))) {
      c.awaitLine(l -> l.contains("2.05") && l.contains("Observe"), PATIENCE);
      SERVER.call("device.block", Json.object().put("id", "doomed"));
      c.awaitLine(l -> l.contains("4.01") || l.contains("close notify"), PATIENCE);
    }
    try (Command c = Command.start("coap-client-openssl", "-v", "6", "-B", "3", "-u", "doomed", "-k", text, "-m", "get",
        uri("coaps", "devices/doomed/x"))) {
      c.awaitExit(PATIENCE);
      assertThat(c.output()).noneMatch(l -> l.contains("2.05"));
    }
  }
}
