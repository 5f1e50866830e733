package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trivet.broker.Peer;
import io.trivet.broker.TransportIdentity;
import io.trivet.net.transport.ListenerSpec.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListenersTest {
  private static TestServer server(int max, int perAddress, int rate, int burst, int handshakes) {
    return new TestServer(
        new AdmissionLimits(max, perAddress, rate, burst, handshakes, 10), Optional.empty(), Optional.empty());
  }

  @Test
  void servesPlainOnIPv4() throws Exception {
    try (TestServer s = new TestServer(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.PLAIN)))) {
      assertThat(TestServer.exchange(c, "hello")).isEqualTo("hello");
      Peer peer = s.peer();
      assertThat(peer.address()).isEqualTo(TestServer.at("127.0.0.1", c.getLocalPort()));
      assertThat(peer).isEqualTo(
          new Peer(peer.address(), "test", false, "", TransportIdentity.NONE));
      assertThat(s.listeners.addresses()).containsExactly(
          new Listeners.Listening("test", TestServer.at("127.0.0.1", c.getPort())));
      assertThat(TestServer.exchange(c, "!")).isEqualTo("!");
      assertThat(TestServer.ended(c)).isTrue();
      await().until(() -> s.admission.connections() == 0);
      assertThat(s.counters.accepted.sum()).isEqualTo(1);
      assertThat(s.counters.ready.sum()).isEqualTo(1);
    }
  }

  @Test
  void servesIPv6() throws Exception {
    try (TestServer s = new TestServer()) {
      int port = s.open(ListenerSpec.of("six", new InetSocketAddress(InetAddress.ofLiteral("::1"), 0), Kind.PLAIN));
      try (Socket c = new Socket(InetAddress.ofLiteral("::1"), port)) {
        assertThat(TestServer.exchange(c, "hello")).isEqualTo("hello");
        assertThat(s.peer().address().getAddress()).isEqualTo(InetAddress.ofLiteral("::1"));
      }
    }
  }

  @Test
  void callsAMappedAddressByItsIPv4Name() throws Exception {
    try (TestServer s = new TestServer()) {
      int port = s.open(ListenerSpec.of("all", new InetSocketAddress(InetAddress.ofLiteral("::"), 0), Kind.PLAIN));
      try (Socket c = TestServer.call(port)) {
        assertThat(TestServer.exchange(c, "hello")).isEqualTo("hello");
        assertThat(s.peer().address().getAddress()).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
      }
    }
  }

  @Test
  void saysWhatToDoWhenTheAddressIsTaken() throws Exception {
    try (TestServer s = new TestServer()) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      InetSocketAddress taken = TestServer.at("127.0.0.1", port);
      assertThatThrownBy(() -> s.open(ListenerSpec.of("mqtt", taken, Kind.PLAIN)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("mqtt cannot listen on 127.0.0.1:" + port)
          .hasMessageContaining("another process holds this address");
      InetSocketAddress foreign = TestServer.at("192.0.2.1", 0);
      assertThatThrownBy(() -> s.open(ListenerSpec.of("mqtt", foreign, Kind.PLAIN)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("no such address");
      assertThatThrownBy(() -> s.open(TestServer.spec(Kind.TLS)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("needs a server certificate");
      assertThatThrownBy(() -> s.open(TestServer.spec(Kind.PSK)))
          .isInstanceOf(ListenException.class)
          .hasMessageContaining("needs pre-shared keys");
    }
  }

  @Test
  void refusesByResetBeyondTheCaps() throws Exception {
    try (TestServer s = server(10, 2, 1_000, 100, 10)) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      try (Socket a = TestServer.call(port); Socket b = TestServer.call(port)) {
        TestServer.exchange(a, "a");
        TestServer.exchange(b, "b");
        try (Socket c = TestServer.call(port)) {
          assertThat(TestServer.ended(c)).isTrue();
          assertThat(s.failure().why()).isEqualTo(Refusal.ADDRESS_CONNECTIONS_MAX);
        }
        assertThat(TestServer.exchange(a, "still here")).isEqualTo("still here");
      }
      await().until(() -> s.admission.connections() == 0);
      try (Socket d = TestServer.call(port)) {
        assertThat(TestServer.exchange(d, "again")).isEqualTo("again");
      }
      assertThat(s.counters.refused(Refusal.ADDRESS_CONNECTIONS_MAX).sum()).isEqualTo(1);
      assertThat(s.counters.accepted.sum()).isEqualTo(3);
    }
  }

  @Test
  void refusesBeyondTheRateUntilTimeHasPassed() throws Exception {
    try (TestServer s = server(10, 10, 1, 1, 10)) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      try (Socket a = TestServer.call(port); Socket b = TestServer.call(port)) {
        TestServer.exchange(a, "a");
        assertThat(TestServer.ended(b)).isTrue();
        assertThat(s.failure().why()).isEqualTo(Refusal.ACCEPT_RATE);
      }
      s.clock.advanceMillis(1_000);
      try (Socket c = TestServer.call(port)) {
        assertThat(TestServer.exchange(c, "again")).isEqualTo("again");
      }
    }
  }

  @Test
  void spreadsConnectionsOverTheLoops() throws Exception {
    try (TestServer s = new TestServer()) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Socket c = TestServer.call(port);
        TestServer.exchange(c, "x");
        sockets.add(c);
      }
      List<String> loops = List.copyOf(s.threads);
      assertThat(loops.stream().distinct()).hasSize(2)
          .allSatisfy(loop -> assertThat(loops.stream().filter(loop::equals)).hasSize(4));
      for (Socket c : sockets) {
        c.close();
      }
      await().until(() -> s.admission.connections() == 0);
    }
  }

  // --- behind a load balancer ---------------------------------------------------------------------------------------

  private static ListenerSpec proxied(String trusted) {
    return TestServer.spec(Kind.PLAIN).behindProxy(List.of(Cidr.of(trusted)))
        .withHandshakeTimeout(Duration.ofMillis(300));
  }

  private static byte[] header(String rest) {
    return HexFormat.of().parseHex((ProxyHeaderTest.SIGNATURE + rest).replace(" ", ""));
  }

  @Test
  void knowsTheClientBehindABalancer() throws Exception {
    try (TestServer s = server(10, 1, 1_000, 100, 10)) {
      int port = s.open(proxied("127.0.0.0/8"));
      byte[] named = header("21 11 000c cb007107 c0000201 d903 22b3");
      try (Socket a = TestServer.call(port); Socket b = TestServer.call(port)) {
        a.getOutputStream().write(named);
        assertThat(TestServer.exchange(a, "hello")).isEqualTo("hello");
        assertThat(s.peer().address()).isEqualTo(TestServer.at("203.0.113.7", 55_555));
        b.getOutputStream().write(named);
        assertThat(TestServer.ended(b)).as("the client's second connection").isTrue();
        assertThat(s.failure().why()).isEqualTo(Refusal.ADDRESS_CONNECTIONS_MAX);
      }
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
      try (Socket c = TestServer.call(port)) {
        for (byte one : named) {
          c.getOutputStream().write(one);
        }
        assertThat(TestServer.exchange(c, "byte by byte")).isEqualTo("byte by byte");
      }
    }
  }

  @Test
  void letsABalancerLookWhetherWeLive() throws Exception {
    try (TestServer s = new TestServer(); Socket c = TestServer.call(s.open(proxied("127.0.0.1")))) {
      c.getOutputStream().write(header("20 00 0000"));
      assertThat(TestServer.exchange(c, "hello")).isEqualTo("hello");
      assertThat(s.peer().address().getPort()).isEqualTo(c.getLocalPort());
    }
  }

  @Test
  void refusesWhoIsNoBalancerOfOurs() throws Exception {
    try (TestServer s = new TestServer(); Socket c = TestServer.call(s.open(proxied("10.0.0.0/8")))) {
      assertThat(TestServer.ended(c)).isTrue();
      assertThat(s.failure().why()).isEqualTo(Refusal.UNTRUSTED_PROXY);
      assertThat(s.admission.connections()).isZero();
    }
  }

  @Test
  void refusesABalancerWithoutHeader() throws Exception {
    try (TestServer s = new TestServer()) {
      int port = s.open(proxied("127.0.0.1"));
      for (String text : List.of("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "\u0010\u0000")) {
        try (Socket c = TestServer.call(port)) {
          c.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          assertThat(TestServer.ended(c)).isTrue();
          assertThat(s.failure().why()).isEqualTo(SetupFailure.PROXY_HEADER);
        }
      }
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @Test
  void closesAtTheDeadline() throws IOException, InterruptedException {
    try (TestServer s = new TestServer(); Socket c = TestServer.call(s.open(proxied("127.0.0.1")))) {
      c.getOutputStream().write(header("21 11"));
      assertThat(TestServer.ended(c)).isTrue();
      assertThat(s.failure().why()).isEqualTo(SetupFailure.DEADLINE);
      assertThat(s.counters.failed(SetupFailure.DEADLINE).sum()).isEqualTo(1);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @Test
  void capsHandshakesUnderWay() throws Exception {
    try (TestServer s = server(10, 10, 1_000, 100, 1)) {
      int port = s.open(proxied("127.0.0.1"));
      try (Socket a = TestServer.call(port)) {
        await().until(() -> s.admission.handshakes() == 1);
        try (Socket b = TestServer.call(port)) {
          assertThat(TestServer.ended(b)).isTrue();
          assertThat(s.failure().why()).isEqualTo(Refusal.HANDSHAKES_MAX);
        }
        a.getOutputStream().write(header("20 00 0000"));
        assertThat(TestServer.exchange(a, "through")).isEqualTo("through");
        assertThat(s.admission.handshakes()).isZero();
      }
    }
  }
}
