package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trivet.base.Bytes;
import io.trivet.base.Clock;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.stream.StreamLimits;
import io.trivet.net.coap.StreamClient;
import io.trivet.net.transport.ListenerSpec.Kind;
import io.trivet.net.transport.ListenerSpec.MutualTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8323 over real sockets, by Trivet's own client and by bare bytes.
class CoapStreamsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Clock CLOCK = new Clock() {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  };

  private final Pki pki = new Pki();

  private CoapServer server() {
    return new CoapServer(pki, StreamLimits.DEFAULT);
  }

  private SSLContext tls(Pki.@Nullable Identity own) throws Exception {
    KeyManager[] keys = null;
    if (own != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", own.key(), new char[0], new X509Certificate[] {own.certificate()});
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, new char[0]);
      keys = factory.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", pki.root);
    var trust = javax.net.ssl.TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static StreamClient connect(StreamClient.Call call) throws IOException {
    return StreamClient.connect(call, CLOCK, b -> new SecureRandom().nextBytes(b));
  }

  private StreamClient client(Kind kind, int port) throws Exception {
    URI at = URI.create(switch (kind) {
      case PLAIN -> "coap+tcp";
      case TLS, PSK -> "coaps+tcp";
      case WS -> "coap+ws";
      case WSS -> "coaps+ws";
    } + "://127.0.0.1:" + port);
    return connect(kind.isSecured() ? StreamClient.Call.secured(at, tls(null)) : StreamClient.Call.plain(at));
  }

  private static String get(StreamClient c, String path) throws IOException {
    return c.send(Request.of(Code.GET, path), PATIENCE).payload().asUtf8();
  }

  private static Request observe() {
    return Request.of(Code.GET, "obs").with(Options.builder().path("obs").add(OptionNumber.OBSERVE, 0).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "TLS", "WS", "WSS"})
  void servesRequestsOfAllSizes(Kind kind) throws Exception {
    try (CoapServer s = server()) {
      try (StreamClient c = client(kind, s.open(TestServer.spec(kind)))) {
        assertThat(get(c, "hello")).isEqualTo("hello");
        Response missing = c.send(Request.of(Code.GET, "nothing"), PATIENCE);
        assertThat(missing.code()).isEqualTo(Code.NOT_FOUND);
        for (int bytes : new int[] {0, 1, 12, 13, 254, 255, 256, 1_152, 65_000, 65_800, 70_000, 1_000_000}) {
          byte[] payload = new byte[bytes];
          new Random(bytes).nextBytes(payload);
          Response r = c.send(Request.of(Code.POST, "echo").with(Bytes.wrap(payload)), PATIENCE);
          assertThat(r.payload()).isEqualTo(Bytes.wrap(payload));
        }
        assertThat(s.streams.connections()).isEqualTo(1);
      }
      await().until(() -> s.streams.connections() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "WSS"})
  void notifiesObserversUntilTheyCancelOrLeave(Kind kind) throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(kind));
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      try (StreamClient observer = client(kind, port); StreamClient other = client(kind, port)) {
        StreamClient.Observation o =
            observer.observe(observe(), r -> heard.add(r.payload().asUtf8()), f -> heard.add("failed"));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
        for (int i = 0; i < 200; i++) {
          other.send(Request.of(Code.PUT, "obs").with(Bytes.utf8("news " + i)), PATIENCE);
        }
        for (int i = 0; i < 200; i++) {
          assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("news " + i);
        }
        o.close();
        await().until(() -> s.observers.get() == 0);
        StreamClient.Observation _ =
            observer.observe(observe(), r -> heard.add(r.payload().asUtf8()), f -> heard.add("failed"));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(s.observers.get()).isEqualTo(1);
      }
      await().until(() -> s.observers.get() == 0);
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("failed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "WS"})
  void holdsBackWhoAsksForMoreThanMayWait(Kind kind) throws Exception {
    try (CoapServer s = new CoapServer(pki, StreamLimits.DEFAULT.withRequestsMax(4));
        StreamClient c = client(kind, s.open(TestServer.spec(kind)))) {
      List<Thread> threads = new ArrayList<>();
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      for (int i = 0; i < 20; i++) {
        threads.add(Thread.ofVirtual().start(() -> {
          try {
            heard.add(get(c, "slow"));
          } catch (IOException e) {
            heard.add(e.toString());
          }
        }));
      }
      int most = 0;
      for (Thread t : threads) {
        while (t.isAlive()) {
          most = Math.max(most, s.underWay.get());
          Thread.sleep(2);
        }
      }
      assertThat(heard).hasSize(20).containsOnly("at last");
      // Over WebSocket one message may slip past, since it cannot be given back.
      assertThat(most).isBetween(1, kind == Kind.WS ? 5 : 4);
    }
  }

  @Test
  void knowsWhoShowsACertificate() throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.REQUIRED));
      URI at = URI.create("coaps+tcp://127.0.0.1:" + port);
      try (StreamClient c = connect(StreamClient.Call.secured(at, tls(pki.issue("lamp-7"))))) {
        assertThat(get(c, "who")).isEqualTo("you are lamp-7");
      }
      assertThatThrownBy(() -> connect(StreamClient.Call.secured(at, tls(null)))).isInstanceOf(IOException.class);
      SSLContext stranger = tls(pki.issue("stranger"));
      try (StreamClient c = connect(StreamClient.Call.secured(at, stranger))) {
        // Its abort comes right behind the server's CSM, so the client may have begun.
        assertThatThrownBy(() -> get(c, "who")).isInstanceOf(IOException.class);
        assertThat(c.peersReason()).contains("no device is known");
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("no device is known");
      }
      await().until(() -> s.streams.connections() == 0);
    }
  }

  @Test
  void refusesWhoProvesNothingWhereTheListenerWantsIt() throws Exception {
    try (CoapServer s = server()) {
      ListenerSpec spec = ListenerSpec.of("closed", TestServer.loopback(), Kind.PLAIN);
      int port = s.open(spec);
      try (Socket socket = TestServer.call(port)) {
        socket.setSoTimeout(10_000);
        String all = HexFormat.of().formatHex(socket.getInputStream().readAllBytes());
        assertThat(all).startsWith("70e1").contains(HexFormat.of().formatHex("no device is known".getBytes(
            java.nio.charset.StandardCharsets.UTF_8)));
      }
      await().until(() -> s.streams.connections() == 0);
    }
  }

  /// The bytes of a whole talk, as RFC 8323 has them, with no codec of ours at the other end.
  @Test
  void speaksAsTheRfcHasIt() throws Exception {
    try (CoapServer s = server(); Socket socket = TestServer.call(s.open(TestServer.spec(Kind.PLAIN)))) {
      socket.setSoTimeout(10_000);
      // CSM with Max-Message-Size 1 MiB, Block-Wise-Transfer and Extended-Token-Length 64, before anything is said.
      assertThat(read(socket, 9)).isEqualTo("70e1" + "23100000" + "20" + "2140");
      // CSM, empty; GET hello; empty; Ping with token 42; then its answers in that order.
      write(socket, "00e1" + "6101" + "aa" + "b568656c6c6f" + "0000" + "01e242");
      assertThat(read(socket, 3 + 1 + 6)).isEqualTo("7145" + "aa" + "c0" + "ff68656c6c6f");
      assertThat(read(socket, 3)).isEqualTo("01e342");
      // Release: closed in order.
      write(socket, "00e4");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  private static void write(Socket socket, String hex) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(hex));
    socket.getOutputStream().flush();
  }

  private static String read(Socket socket, int bytes) throws IOException {
    InputStream in = socket.getInputStream();
    return HexFormat.of().formatHex(in.readNBytes(bytes));
  }

  @Test
  void takesBytesOneByOne() throws Exception {
    try (CoapServer s = server(); Socket socket = TestServer.call(s.open(TestServer.spec(Kind.PLAIN)))) {
      socket.setSoTimeout(10_000);
      read(socket, 9);
      for (byte b : HexFormat.of().parseHex("00e1" + "6101" + "aa" + "b568656c6c6f")) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
        Thread.sleep(3);
      }
      assertThat(read(socket, 10)).isEqualTo("7145" + "aa" + "c0" + "ff68656c6c6f");
    }
  }

  @Test
  void abortsWhatIsBrokenAndSaysWhy() throws Exception {
    try (CoapServer s = server(); Socket socket = TestServer.call(s.open(TestServer.spec(Kind.PLAIN)))) {
      socket.setSoTimeout(10_000);
      read(socket, 9);
      write(socket, "00e1" + "0f01");
      byte[] all = socket.getInputStream().readAllBytes();
      assertThat(all[0] >> 4 & 0xF).isEqualTo(13);
      assertThat(all[2] & 0xFF).isEqualTo(0xE5);
      assertThat(new String(all, 4, all.length - 4, java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo("a token length of 15 is reserved");
    }
  }

  /// The JDK's WebSocket client knows nothing of CoAP: what it gets is one message in each binary message.
  @Test
  void fillsEachWebSocketMessageWithOneMessage() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    WebSocket.Listener listener = new WebSocket.Listener() {
      private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

      @Override
      public @Nullable CompletionStage<?> onBinary(WebSocket ws, ByteBuffer data, boolean last) {
        byte[] piece = new byte[data.remaining()];
        data.get(piece);
        bytes.writeBytes(piece);
        if (last) {
          heard.add(HexFormat.of().formatHex(bytes.toByteArray()));
          bytes.reset();
        }
        ws.request(1);
        return null;
      }

      @Override
      public @Nullable CompletionStage<?> onClose(WebSocket ws, int status, String reason) {
        heard.add("close " + status + " " + reason);
        return null;
      }
    };
    try (CoapServer s = server(); HttpClient http = HttpClient.newHttpClient()) {
      int port = s.open(TestServer.spec(Kind.WS));
      WebSocket ws = http.newWebSocketBuilder().subprotocols("coap")
          .buildAsync(URI.create("ws://127.0.0.1:" + port + "/.well-known/coap"), listener).get(10, TimeUnit.SECONDS);
      assertThat(ws.getSubprotocol()).isEqualTo("coap");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("00e1" + "23100000" + "20" + "2140");
      send(ws, "00e1", true);
      send(ws, "0101" + "aa" + "b568", false); // one message, two frames
      send(ws, "656c6c6f", true);
      send(ws, "01e242", true);
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("0145" + "aa" + "c0" + "ff68656c6c6f");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("01e342");
      send(ws, "1001", true); // a length, which has no place here
      assertThat(heard.poll(10, TimeUnit.SECONDS)).startsWith("00e5");
      assertThat(heard.poll(10, TimeUnit.SECONDS)).startsWith("close 1000");
      assertThatThrownBy(() -> http.newWebSocketBuilder().subprotocols("mqtt")
          .buildAsync(URI.create("ws://127.0.0.1:" + port + "/.well-known/coap"), listener).get(10, TimeUnit.SECONDS))
          .hasMessageContaining("WebSocketHandshakeException");
      assertThatThrownBy(() -> http.newWebSocketBuilder().subprotocols("coap")
          .buildAsync(URI.create("ws://127.0.0.1:" + port + "/mqtt"), listener).get(10, TimeUnit.SECONDS))
          .hasMessageContaining("WebSocketHandshakeException");
    }
  }

  private static void send(WebSocket ws, String hex, boolean last) throws Exception {
    ws.sendBinary(ByteBuffer.wrap(HexFormat.of().parseHex(hex)), last).get(10, TimeUnit.SECONDS);
  }

  @Test
  void releasesAllBeforeAStop() throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      try (StreamClient c = client(Kind.PLAIN, port); StreamClient idle = client(Kind.PLAIN, port)) {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
          try {
            heard.add(get(c, "slow"));
          } catch (IOException e) {
            heard.add(e.toString());
          }
        });
        await().until(() -> s.underWay.get() == 1);
        assertThat(s.streams.releaseAll().get(10, TimeUnit.SECONDS)).isEqualTo(2);
        await().until(() -> !idle.isOpen());
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("at last");
        waiting.join();
        await().until(() -> s.streams.connections() == 0);
        assertThatThrownBy(() -> get(c, "hello")).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void endsTheConnectionsOfOneDevice() throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.OPTIONAL));
      URI at = URI.create("coaps+tcp://127.0.0.1:" + port);
      try (StreamClient lamp = connect(StreamClient.Call.secured(at, tls(pki.issue("lamp-7"))));
          StreamClient other = connect(StreamClient.Call.secured(at, tls(pki.issue("lamp-8"))))) {
        int ended = s.streams.abortWhere(p -> p.principal().device().equals("lamp-7"), "blocked")
            .get(10, TimeUnit.SECONDS);
        assertThat(ended).isEqualTo(1);
        await().until(() -> !lamp.isOpen());
        assertThat(lamp.peersReason()).isEqualTo("blocked");
        assertThat(get(other, "hello")).isEqualTo("hello");
      }
    }
  }

  /// A peer that asks much and reads nothing: what waits for it stays within bounds, and others are served.
  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "WS"})
  void boundsWhatWaitsForAPeerThatReadsNothing(Kind kind) throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(kind).withSocket(new ListenerSpec.SocketOptions(16, 0, 16 << 10)));
      Thread flood;
      try (Socket deaf = TestServer.call(port); StreamClient other = client(kind, port)) {
        deaf.setReceiveBufferSize(8 << 10);
        if (kind == Kind.WS) {
          String request = """
              GET /.well-known/coap HTTP/1.1
              Host: a
              Upgrade: websocket
              Connection: Upgrade
              Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
              Sec-WebSocket-Version: 13
              Sec-WebSocket-Protocol: coap

              """.replace("\n", "\r\n");
          write(deaf, HexFormat.of().formatHex(request.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
          await().until(() -> s.streams.connections() == 2);
        }
        flood = Thread.ofVirtual().start(() -> flood(kind, deaf));
        // Once nothing of what waits is read any more, the flood stands still.
        assertThat(flood.join(Duration.ofSeconds(3))).isFalse();
        for (int i = 0; i < 50; i++) {
          assertThat(get(other, "hello")).isEqualTo("hello");
        }
      }
      flood.join();
      await().until(() -> s.streams.connections() == 0);
    }
  }

  private static void flood(Kind kind, Socket deaf) {
    // POST echo with 1,000 bytes, answered by as many: at most 200 MB, if nobody stops it.
    byte[] body = new byte[1_006];
    byte[] options = HexFormat.of().parseHex("b46563686f" + "ff");
    System.arraycopy(options, 0, body, 0, options.length);
    byte[] message = kind == Kind.WS
        ? framed(body)
        : concat(HexFormat.of().parseHex("e0" + HexFormat.of().toHexDigits((short) (body.length - 269)) + "02"), body);
    byte[] csm = kind == Kind.WS ? HexFormat.of().parseHex("828200000000" + "00e1") : new byte[] {0, (byte) 0xE1};
    try {
      deaf.getOutputStream().write(csm);
      for (int i = 0; i < 200_000; i++) {
        deaf.getOutputStream().write(message);
      }
    } catch (IOException _) {
      // closed, which ends the test
    }
  }

  private static byte[] framed(byte[] body) {
    int n = body.length + 2;
    return concat(HexFormat.of().parseHex("82fe" + HexFormat.of().toHexDigits((short) n) + "00000000" + "0002"), body);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @ParameterizedTest
  @CsvSource({"coap://host, coap+tcp", "coap+tcp:, host"})
  void refusesUrisOfOtherSchemes(String uri, String words) {
    assertThatThrownBy(() -> connect(new StreamClient.Call(
        URI.create(uri.endsWith(":") ? uri + "///x" : uri), Optional.empty(), StreamLimits.DEFAULT, PATIENCE)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(words);
  }
}
