package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Peer;
import io.trivet.broker.TransportIdentity;
import io.trivet.net.transport.ListenerSpec.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.bouncycastle.tls.BasicTlsPSKIdentity;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PskTest {
  private static final String KEY = "00112233445566778899aabbccddeeff";

  private static Optional<SecretBytes> key(String identity) {
    return identity.equals("lamp-1")
        ? Optional.of(SecretBytes.copyOf(Bytes.hex(KEY).toArray()))
        : Optional.empty();
  }

  private static TestServer server() {
    return new TestServer(AdmissionLimits.DEFAULT, Optional.empty(), Optional.of(PskTest::key));
  }

  private static Program openssl(int port, String identity, String key, String flags) throws Exception {
    String command = "openssl s_client -connect 127.0.0.1:" + port + " -psk_identity " + identity + " -psk " + key
        + " " + flags;
    return Program.run("to and fro\n", command.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "-tls1_3,                                              TLSv1.3 TLS_AES_128_GCM_SHA256",
    "'',                                                   TLSv1.3 TLS_AES_128_GCM_SHA256",
    "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256,   TLSv1.3 TLS_CHACHA20_POLY1305_SHA256",
    "-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256,         TLSv1.3 TLS_AES_128_CCM_SHA256",
    "-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256,       TLSv1.3 TLS_AES_128_CCM_8_SHA256",
    "-tls1_2 -cipher ECDHE-PSK-CHACHA20-POLY1305,          TLSv1.2 TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
    "-tls1_2 -cipher PSK-AES128-GCM-SHA256,                TLSv1.2 TLS_PSK_WITH_AES_128_GCM_SHA256",
    "-tls1_2 -cipher PSK-AES256-GCM-SHA384,                TLSv1.2 TLS_PSK_WITH_AES_256_GCM_SHA384",
    "-tls1_2 -cipher PSK-AES128-CCM8,                      TLSv1.2 TLS_PSK_WITH_AES_128_CCM_8",
    "-tls1_2 -cipher PSK-AES256-CCM,                       TLSv1.2 TLS_PSK_WITH_AES_256_CCM",
    "-tls1_2 -cipher PSK,                                  TLSv1.2 TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"
  })
  void servesOpenSsl(String flags, String protection) throws Exception {
    try (TestServer s = server()) {
      Program p = openssl(s.open(TestServer.spec(Kind.PSK)), "lamp-1", KEY, flags);
      assertThat(p.output()).contains("to and fro\n");
      Peer peer = s.peer();
      assertThat(peer.protection()).isEqualTo(protection);
      assertThat(peer.secured()).isTrue();
      assertThat(peer.identity()).isEqualTo(new TransportIdentity.PreSharedKey("lamp-1"));
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
      assertThat(s.failures).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stranger, " + KEY + ", -tls1_3, PSK_IDENTITY, 115",
    "stranger, " + KEY + ", -tls1_2, PSK_IDENTITY, 115",
    "lamp-1,   ffff,        -tls1_3, PSK_KEY,      decrypt",
    "lamp-1,   ffff,        -tls1_2, PSK_KEY,      mac"
  })
  void refusesWhoDoesNotHoldTheKey(String identity, String key, String flags, SetupFailure why, String alert)
      throws Exception {
    try (TestServer s = server()) {
      Program p = openssl(s.open(TestServer.spec(Kind.PSK)), identity, key, flags);
      assertThat(p.status()).isNotZero();
      assertThat(p.output()).contains("alert").contains(alert).doesNotContain("to and fro");
      assertThat(s.failure().why()).isEqualTo(why);
      assertThat(s.peers).isEmpty();
      assertThat(s.counters.failed(why).sum()).isEqualTo(1);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "-tls1_1 -cipher PSK@SECLEVEL=0",
    "-tls1_2 -cipher PSK-AES128-CBC-SHA256",
    "-tls1_2 -cipher DHE-PSK-AES128-GCM-SHA256",
    "-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384",
    "-tls1_3 -groups P-521"
  })
  void refusesWhatIsOldOrWeak(String flags) throws Exception {
    try (TestServer s = server()) {
      Program p = openssl(s.open(TestServer.spec(Kind.PSK)), "lamp-1", KEY, flags);
      assertThat(p.output()).contains("alert").doesNotContain("to and fro");
      s.failure();
      assertThat(s.peers).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tlsv1.3", "tlsv1.2"})
  void servesMosquittoPub(String version) throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.PSK));
      Program p = Program.run("", "mosquitto_pub", "-h", "127.0.0.1", "-p", Integer.toString(port), "--psk", KEY,
          "--psk-identity", "lamp-1", "--tls-version", version, "-t", "lamp/1", "-m", "shine");
      assertThat(p.output()).isEmpty();
      assertThat(p.status()).isZero();
      assertThat(s.peer().identity()).isEqualTo(new TransportIdentity.PreSharedKey("lamp-1"));
      await().until(() -> String.join("", s.received).contains("lamp/1shine"));
    }
  }

  // --- with a client of the same library, for what openssl does not offer -------------------------------------------

  private static TlsClientProtocol connect(Socket socket, ProtocolVersion version, int... suites)
      throws IOException {
    socket.setSoTimeout(10_000);
    TlsClientProtocol protocol = new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
    byte[] key = Bytes.hex(KEY).toArray();
    protocol.connect(new PSKTlsClient(
        new BcTlsCrypto(new SecureRandom()), new BasicTlsPSKIdentity("lamp-1", key)) {
      @Override
      protected ProtocolVersion[] getSupportedVersions() {
        return version.only();
      }

      @Override
      protected int[] getSupportedCipherSuites() {
        return suites;
      }
    });
    return protocol;
  }

  @ParameterizedTest
  @ValueSource(ints = {
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256
  })
  void servesSuitesOfSmallDevices(int suite) throws Exception {
    try (TestServer s = server(); Socket tcp = TestServer.call(s.open(TestServer.spec(Kind.PSK)))) {
      TlsClientProtocol tls = connect(tcp, ProtocolVersion.TLSv12, suite);
      tls.getOutputStream().write("hello!".getBytes(StandardCharsets.US_ASCII));
      InputStream in = tls.getInputStream();
      assertThat(in.readNBytes(6)).asString(StandardCharsets.US_ASCII).isEqualTo("hello!");
      assertThat(in.read()).as("an end in order, by close_notify").isEqualTo(-1);
      await().until(() -> s.admission.connections() == 0);
    }
  }

  @Test
  void carriesManyBytes() throws Exception {
    byte[] sent = "0123456789abcdef".repeat(32 << 10).getBytes(StandardCharsets.US_ASCII);
    try (TestServer s = server(); Socket tcp = TestServer.call(s.open(TestServer.spec(Kind.PSK)))) {
      TlsClientProtocol tls =
          connect(tcp, ProtocolVersion.TLSv12, CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256);
      Thread writer = Thread.ofVirtual().start(() -> {
        try {
          tls.getOutputStream().write(sent);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      assertThat(tls.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      writer.join();
      tls.close();
      await().until(() -> s.admission.connections() == 0);
    }
  }

  @Test
  void endsAConnectionWhoseRecordsAreForged() throws Exception {
    try (TestServer s = server(); Socket tcp = TestServer.call(s.open(TestServer.spec(Kind.PSK)))) {
      TlsClientProtocol tls =
          connect(tcp, ProtocolVersion.TLSv12, CipherSuite.TLS_PSK_WITH_AES_128_CCM_8);
      s.peer();
      byte[] forged = new byte[5 + 40];
      forged[0] = 23;
      forged[1] = 3;
      forged[2] = 3;
      forged[4] = 40;
      tcp.getOutputStream().write(forged);
      assertThatThrownBy(() -> tls.getInputStream().read()).hasMessageContaining("bad_record_mac");
      await().until(() -> s.admission.connections() == 0);
    }
  }

  @Test
  void closesAHandshakeAtItsDeadline() throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(
        s.open(TestServer.spec(Kind.PSK).withHandshakeTimeout(Duration.ofMillis(300))))) {
      c.getOutputStream().write(new byte[] {0x16, 0x03, 0x01, 0x3f, 0});
      assertThat(TestServer.ended(c)).isTrue();
      assertThat(s.failure().why()).isEqualTo(SetupFailure.DEADLINE);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @Test
  void endsWhatIsNoTls() throws Exception {
    try (TestServer s = server(); Socket c = TestServer.call(s.open(TestServer.spec(Kind.PSK)))) {
      c.getOutputStream().write(new byte[] {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0});
      c.setSoTimeout(10_000);
      c.getInputStream().readAllBytes(); // an alert, then the end
      assertThat(s.failure().why()).isEqualTo(SetupFailure.TLS);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }
}
