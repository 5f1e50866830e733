package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trivet.base.Bytes;
import io.trivet.broker.Peer;
import io.trivet.net.transport.ListenerSpec.Kind;
import io.trivet.net.transport.ListenerSpec.WebSocketOptions;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketTest {
  private static final String REQUEST = """
      GET /mqtt HTTP/1.1
      Host: broker.example:8083
      Upgrade: websocket
      Connection: keep-alive, Upgrade
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Protocol: chat, mqtt
      """;

  private final Pki pki = new Pki();

  private TestServer server() {
    return new TestServer(
        AdmissionLimits.DEFAULT, Optional.of(pki.material(pki.issue("server"))), Optional.empty());
  }

  /// What the JDK's client hears.
  private static final class Heard implements WebSocket.Listener {
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized @Nullable CompletionStage<?> onBinary(WebSocket ws, ByteBuffer data, boolean last) {
      byte[] piece = new byte[data.remaining()];
      data.get(piece);
      bytes.writeBytes(piece);
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket ws, ByteBuffer message) {
      events.add("pong " + StandardCharsets.UTF_8.decode(message));
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket ws, int status, String reason) {
      events.add("close " + status);
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      events.add("error " + error);
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private WebSocket open(String scheme, int port, Heard heard, String first, String... more) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {pki}, null);
    return HttpClient.newBuilder().sslContext(tls).build().newWebSocketBuilder()
        .subprotocols(first, more)
        .buildAsync(URI.create(scheme + "://127.0.0.1:" + port + "/mqtt"), heard)
        .get(10, TimeUnit.SECONDS);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"WS, mqtt", "WSS, mqtt", "WS, mqttv3.1"})
  void carriesBytesBothWays(Kind kind, String subprotocol) throws Exception {
    try (TestServer s = server()) {
      Heard heard = new Heard();
      WebSocket ws = open(kind.name().toLowerCase(java.util.Locale.ROOT), s.open(TestServer.spec(kind)), heard,
          "other", subprotocol);
      assertThat(ws.getSubprotocol()).isEqualTo(subprotocol);
      Peer peer = s.peer();
      assertThat(peer.secured()).isEqualTo(kind == Kind.WSS);
      assertThat(peer.protection().startsWith("TLSv1.3")).isEqualTo(kind == Kind.WSS);
      ws.sendBinary(bytes("one "), true).get(10, TimeUnit.SECONDS);
      ws.sendBinary(bytes("packet over "), false).get(10, TimeUnit.SECONDS);
      ws.sendPing(bytes("between")).get(10, TimeUnit.SECONDS);
      ws.sendBinary(bytes("three "), false).get(10, TimeUnit.SECONDS);
      ws.sendBinary(bytes("frames"), true).get(10, TimeUnit.SECONDS);
      await().until(() -> heard.text().equals("one packet over three frames"));
      assertThat(heard.events.poll(10, TimeUnit.SECONDS)).isEqualTo("pong between");
      ws.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
      assertThat(heard.events.poll(10, TimeUnit.SECONDS)).isEqualTo("close 1000");
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
      assertThat(s.failures).isEmpty();
    }
  }

  @Test
  void closesInOrderWhenTheServerEnds() throws Exception {
    try (TestServer s = server()) {
      Heard heard = new Heard();
      WebSocket ws = open("ws", s.open(TestServer.spec(Kind.WS)), heard, "mqtt");
      ws.sendBinary(bytes("bye!"), true).get(10, TimeUnit.SECONDS);
      assertThat(heard.events.poll(10, TimeUnit.SECONDS)).isEqualTo("close 1000");
      assertThat(heard.text()).isEqualTo("bye!");
      await().until(() -> s.admission.connections() == 0);
    }
  }

  @Test
  void refusesText() throws Exception {
    try (TestServer s = server()) {
      Heard heard = new Heard();
      WebSocket ws = open("ws", s.open(TestServer.spec(Kind.WS)), heard, "mqtt");
      ws.sendText("words", true).get(10, TimeUnit.SECONDS);
      assertThat(heard.events.poll(10, TimeUnit.SECONDS)).isEqualTo("close 1003");
      await().until(() -> s.admission.connections() == 0);
      assertThat(heard.text()).isEmpty();
    }
  }

  @Test
  void refusesAFrameBeyondTheLimit() throws Exception {
    try (TestServer s = server()) {
      Heard heard = new Heard();
      WebSocket ws = open("ws", s.open(TestServer.spec(Kind.WS)
          .withWebSocket(new WebSocketOptions("/mqtt", List.of(), 128))), heard, "mqtt");
      ws.sendBinary(bytes("x".repeat(128)), true).get(10, TimeUnit.SECONDS);
      await().until(() -> heard.text().length() == 128);
      ws.sendBinary(bytes("x".repeat(129)), true).get(10, TimeUnit.SECONDS);
      assertThat(heard.events.poll(10, TimeUnit.SECONDS)).isEqualTo("close 1009");
      await().until(() -> s.admission.connections() == 0);
    }
  }

  // --- by hand ------------------------------------------------------------------------------------------------------

  private static String ask(Socket socket, String request) throws IOException {
    socket.setSoTimeout(10_000);
    socket.getOutputStream().write((request.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int b = socket.getInputStream().read();
      if (b < 0) {
        throw new IOException("ended after: " + answer);
      }
      answer.append((char) b);
    }
    return answer.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /mqtt,               GET /,                       404",
    "GET /mqtt,               GET /mqtt/../x,              404",
    "GET /mqtt,               POST /mqtt,                  426",
    "Upgrade: websocket,      Upgrade: h2c,                426",
    "'keep-alive, Upgrade',   keep-alive,                  426",
    "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8,  426",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, X: y,    426",
    "'chat, mqtt',            'chat, mqttv5',              400",
    "Host: broker.example:8083, Origin: https://evil.example, 403",
    "Host: broker.example:8083, Origin: null,              403",
    "GET /mqtt HTTP/1.1,      nonsense,                    400"
  })
  void answersWhatIsNoUpgradeWithAFewWords(String line, String instead, int status) throws Exception {
    assertThat(REQUEST).contains(line);
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.WS)))) {
      String answer = ask(c, REQUEST.replace(line, instead));
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("connection: close");
      assertThat(c.getInputStream().readAllBytes()).hasSizeBetween(10, 200);
      assertThat(s.failure().why()).isEqualTo(SetupFailure.WEBSOCKET);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://broker.example:8083", "https://shop.example"})
  void letsInItsOwnPagesAndThoseAllowed(String origin) throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.WS)
        .withWebSocket(new WebSocketOptions("/mqtt", List.of("https://shop.example"), 1 << 20))))) {
      assertThat(ask(c, REQUEST + "Origin: " + origin + "\n")).startsWith("HTTP/1.1 101 ");
    }
  }

  @Test
  void refusesHeadersBeyondTheLimit() throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.WS)))) {
      assertThat(ask(c, REQUEST + "X: " + "x".repeat(8_192) + "\n")).startsWith("HTTP/1.1 431 ");
      assertThat(s.failure().why()).isEqualTo(SetupFailure.WEBSOCKET);
    }
  }

  @Test
  void sendsWhatWasWrittenUntilAFlushAsOneFrame() throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.WS)))) {
      assertThat(ask(c, REQUEST)).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); // RFC 6455, section 1.3
      // Two masked binary frames (mask 0) in one segment: "ab", "cde".
      c.getOutputStream().write(HexFormat.of().parseHex("8282000000006162" + "828300000000636465"));
      byte[] frame = new byte[7];
      new DataInputStream(c.getInputStream()).readFully(frame);
      assertThat(Bytes.wrap(frame)).isEqualTo(Bytes.hex("8205 6162636465"));
    }
  }

  @ParameterizedTest
  @CsvSource({"WS", "WSS"})
  void endsWhoSendsFramesBeforeTheAnswer(Kind kind) throws Exception {
    try (TestServer s = server(); Socket tcp = TestServer.call(s.open(TestServer.spec(kind)))) {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, new TrustManager[] {pki}, null);
      Socket c = kind == Kind.WS
          ? tcp
          : tls.getSocketFactory().createSocket(tcp, "127.0.0.1", tcp.getPort(), true);
      String frame = "\u0082\u0082\0\0\0\0ab";
      c.getOutputStream().write(
          (REQUEST.replace("\n", "\r\n") + "\r\n" + frame).getBytes(StandardCharsets.ISO_8859_1));
      assertThat(s.failure()).satisfies(f -> {
        assertThat(f.why()).isEqualTo(SetupFailure.WEBSOCKET);
        assertThat(f.what()).contains("before the upgrade was answered");
      });
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "82026162,         1002", // not masked
    "c28200000000 6162, 1002", // a reserved bit without an extension
    "838000000000,     1002", // an opcode nobody defined
    "808000000000,     1002", // a continuation of nothing
    "09 8000000000,    1002", // a ping in fragments
    "82ff 00000000 7fffffff ffffffff, 1009"
  })
  void closesOnABrokenFrame(String frame, int status) throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.WS)))) {
      ask(c, REQUEST);
      c.getOutputStream().write(HexFormat.of().parseHex(frame.replace(" ", "")));
      DataInputStream in = new DataInputStream(c.getInputStream());
      assertThat(in.readUnsignedByte()).isEqualTo(0x88);
      in.readUnsignedByte();
      assertThat(in.readUnsignedShort()).isEqualTo(status);
      in.readAllBytes();
      await().until(() -> s.admission.connections() == 0);
    }
  }

  @Test
  void closesASlowRequestAtItsDeadline() throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(
        s.open(TestServer.spec(Kind.WS).withHandshakeTimeout(Duration.ofMillis(300))))) {
      c.getOutputStream().write("GET /mq".getBytes(StandardCharsets.US_ASCII));
      assertThat(TestServer.ended(c)).isTrue();
      assertThat(s.failure().why()).isEqualTo(SetupFailure.DEADLINE);
    }
  }

  /// Pings are answered from memory, so one who sends them and never reads must not make us keep the answers.
  @Test
  void letsGoOfWhoPingsAndNeverReads() throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.WS)))) {
      ask(c, REQUEST);
      byte[] ping = HexFormat.of().parseHex("89fd00000000" + "61".repeat(125));
      byte[] many = new byte[ping.length * 500];
      for (int i = 0; i < 500; i++) {
        System.arraycopy(ping, 0, many, i * ping.length, ping.length);
      }
      boolean ended = false;
      for (int i = 0; i < 1_000 && !ended; i++) {
        try {
          c.getOutputStream().write(many);
        } catch (IOException _) {
          ended = true;
        }
      }
      assertThat(ended).isTrue();
      await().until(() -> s.admission.connections() == 0);
    }
  }
}
