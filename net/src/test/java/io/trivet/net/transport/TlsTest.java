package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.OpenSsl;
import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Peer;
import io.trivet.broker.TransportIdentity;
import io.trivet.net.transport.ListenerSpec.Kind;
import io.trivet.net.transport.ListenerSpec.MutualTls;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  private final Pki pki = new Pki();
  private final Pki.Identity serverIdentity = pki.issue("server");

  @TempDir Path dir;

  private TestServer server() {
    return new TestServer(AdmissionLimits.DEFAULT, Optional.of(pki.material(serverIdentity)), Optional.empty());
  }

  private Program openssl(int port, String... more) throws Exception {
    Path root = dir.resolve("root.pem");
    Files.writeString(root, Pki.pem("CERTIFICATE", Pki.encoded(pki.root)));
    String[] fixed = {"openssl", "s_client", "-connect", "127.0.0.1:" + port, "-CAfile", root.toString(),
      "-verify_return_error"};
    String[] all = java.util.Arrays.copyOf(fixed, fixed.length + more.length);
    System.arraycopy(more, 0, all, fixed.length, more.length);
    return Program.run("to and fro\n", all);
  }

  private Path[] files(Pki.Identity identity, String name) throws IOException {
    Path cert = dir.resolve(name + ".pem");
    Path key = dir.resolve(name + ".key");
    Files.writeString(cert, identity.chainPem().asUtf8());
    Files.writeString(key, identity.keyPem().expose(Bytes::copyOf).asUtf8());
    return new Path[] {cert, key};
  }

  private SSLContext client(Optional<Pki.Identity> identity, String protocol) throws Exception {
    KeyManager[] keys = null;
    if (identity.isPresent()) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("me", identity.get().key(), new char[0],
          new X509Certificate[] {identity.get().certificate()});
      KeyManagerFactory f = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      f.init(store, new char[0]);
      keys = f.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(keys, new TrustManager[] {pki}, null);
    return context;
  }

  private static SSLSocket call(SSLContext context, int port) throws IOException {
    Socket tcp = TestServer.call(port);
    tcp.setSoTimeout(10_000);
    return (SSLSocket) context.getSocketFactory().createSocket(tcp, "127.0.0.1", port, true);
  }

  @Test
  void hasBoringSsl() {
    assertThat(OpenSsl.unavailabilityCause()).isNull();
    assertThat(OpenSsl.versionString()).isEqualTo("BoringSSL");
  }

  @ParameterizedTest
  @CsvSource({
    "-tls1_3, TLSv1.3, TLS_AES_256_GCM_SHA384", // BoringSSL chooses by the client's order among the three
    "-tls1_2, TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
  })
  void speaksTls(String flag, String version, String suite) throws Exception {
    try (TestServer s = server()) {
      Program p = openssl(s.open(TestServer.spec(Kind.TLS)), flag);
      assertThat(p.output()).contains("Verify return code: 0", "to and fro\n");
      Peer peer = s.peer();
      assertThat(peer.protection()).isEqualTo(version + " " + suite + " X25519");
      assertThat(peer.secured()).isTrue();
      assertThat(peer.identity()).isEqualTo(TransportIdentity.NONE);
      assertThat(s.counters.handshakes.sum()).isEqualTo(1);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "-tls1_1 -cipher ALL@SECLEVEL=0",
    "-tls1 -cipher ALL@SECLEVEL=0",
    "-tls1_2 -cipher AES128-SHA@SECLEVEL=0",
    "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA@SECLEVEL=0",
    "-tls1_2 -cipher AES128-GCM-SHA256",
    "-tls1_2 -groups P-521 -cipher ECDHE-ECDSA-AES128-GCM-SHA256",
    "-tls1_3 -groups P-521"
  })
  void refusesWhatIsOldOrWeak(String flags) throws Exception {
    try (TestServer s = server()) {
      Program p = openssl(s.open(TestServer.spec(Kind.TLS)), flags.split(" "));
      assertThat(p.status()).isNotZero();
      assertThat(p.output()).contains("alert");
      assertThat(s.failure().why()).isEqualTo(SetupFailure.TLS);
      assertThat(s.peers).isEmpty();
      assertThat(s.counters.failed(SetupFailure.TLS).sum()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"
  })
  void takesForwardSecretSuites(String suite) throws Exception {
    try (TestServer s = server()) {
      assertThat(openssl(s.open(TestServer.spec(Kind.TLS)), "-tls1_2", "-cipher", suite).output())
          .contains("Cipher is " + suite, "to and fro\n");
    }
  }

  @Test
  void renegotiatesForNobody() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      try (SSLSocket c = call(client(Optional.empty(), "TLSv1.2"), port)) {
        assertThat(TestServer.exchange(c, "hello")).isEqualTo("hello");
        c.startHandshake();
        assertThatThrownBy(() -> TestServer.exchange(c, "again")).isInstanceOf(IOException.class);
      }
    }
  }

  /// Neither the JDK nor the OpenSSL of Debian knows the hybrid group, so the client is BoringSSL too.
  @ParameterizedTest
  @CsvSource({
    "X25519:X25519MLKEM768, X25519MLKEM768",
    "P-256:X25519,          X25519",
    "P-384:P-256,           P-256",
    "P-384,                 P-384"
  })
  void choosesTheGroupInItsOwnOrder(String offered, String chosen) throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      try (BoringClient c = new BoringClient(port, offered.split(":"))) {
        assertThat(c.exchange("hybrid")).isEqualTo("hybrid");
      }
      assertThat(s.peer().protection()).endsWith(" " + chosen);
    }
  }

  @Test
  void agreesOnMqttByAlpnOrWithoutIt() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      assertThat(openssl(port, "-alpn", "h2,mqtt").output()).contains("ALPN protocol: mqtt");
      assertThat(openssl(port, "-alpn", "h2").output()).contains("No ALPN negotiated", "to and fro\n");
    }
  }

  @Test
  void staplesTheOcspResponse() throws Exception {
    // s_client prints what it cannot parse as "OCSP response: ..." followed by an error; a response of status
    // tryLater (RFC 6960, section 4.2.1) is the shortest it can parse.
    Bytes tryLater = Bytes.hex("3003 0a0103");
    TlsMaterial m = pki.material(serverIdentity);
    TlsMaterial stapled = new TlsMaterial(m.chainPem(), m.keyPem(), pki, tryLater);
    try (TestServer s = new TestServer(AdmissionLimits.DEFAULT, Optional.of(stapled), Optional.empty())) {
      int port = s.open(TestServer.spec(Kind.TLS));
      assertThat(openssl(port, "-status").output()).contains("OCSP Response Status: trylater (0x3)");
    }
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      assertThat(openssl(port, "-status").output()).contains("OCSP response: no response sent");
    }
  }

  @Test
  void resumesBySessionTicketAlsoAfterReloadAndRotation() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      String session = dir.resolve("session").toString();
      for (String version : new String[] {"-tls1_2", "-tls1_3"}) {
        assertThat(openssl(port, version, "-sess_out", session).output()).contains("New, TLS", "to and fro\n");
        assertThat(openssl(port, version, "-sess_in", session).output()).contains("Reused, TLS", "to and fro\n");
        s.listeners.reload(pki.material(pki.issue("server renewed")));
        assertThat(openssl(port, version, "-sess_in", session).output()).contains("Reused, TLS");
        s.listeners.rotateTicketKeys();
        assertThat(openssl(port, version, "-sess_in", session).output()).contains("Reused, TLS");
        s.listeners.rotateTicketKeys();
        s.listeners.rotateTicketKeys();
        assertThat(openssl(port, version, "-sess_in", session).output()).as("its key is gone").contains("New, TLS");
      }
    }
  }

  // --- client certificates ------------------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void provesTheClientByItsCertificate(String version) throws Exception {
    Pki.Identity lamp = pki.issue("lamp-1");
    Path[] pem = files(lamp, "lamp");
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.REQUIRED));
      assertThat(openssl(port, version, "-cert", pem[0].toString(), "-key", pem[1].toString()).output())
          .contains("to and fro\n");
      assertThat(s.peer().identity()).isInstanceOfSatisfying(TransportIdentity.Certificate.class,
          c -> assertThat(c.chain().getFirst()).isEqualTo(lamp.certificate()));
      assertThat(pki.judged).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void refusesWithoutTheCertificateItRequires(String version) throws Exception {
    try (TestServer s = server()) {
      Program p = openssl(s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.REQUIRED)), version);
      assertThat(p.output()).contains("alert").doesNotContain("to and fro");
      assertThat(s.failure().why()).isEqualTo(SetupFailure.TLS_CERTIFICATE);
      assertThat(s.peers).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(value = MutualTls.class, names = {"OPTIONAL", "REQUIRED"})
  void refusesARevokedCertificateAndAStrangers(MutualTls mode) throws Exception {
    Pki.Identity lamp = pki.issue("lamp-1");
    Pki.Identity stranger = new Pki().issue("lamp-1");
    pki.revoked.add(lamp.certificate());
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(mode));
      for (Pki.Identity id : new Pki.Identity[] {lamp, stranger}) {
        Path[] pem = files(id, "client");
        assertThat(openssl(port, "-cert", pem[0].toString(), "-key", pem[1].toString()).output())
            .contains("alert").doesNotContain("to and fro");
        assertThat(s.failure().why()).isEqualTo(SetupFailure.TLS_CERTIFICATE);
      }
      assertThat(s.peers).isEmpty();
    }
  }

  @Test
  void letsInWithoutCertificateWhereItIsOptional() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.OPTIONAL));
      assertThat(openssl(port).output()).contains("to and fro\n");
      assertThat(s.peer().identity()).isEqualTo(TransportIdentity.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void judgesACertificateAgainWhenItsSessionIsResumed(String version) throws Exception {
    Pki.Identity lamp = pki.issue("lamp-1");
    Path[] pem = files(lamp, "lamp");
    String session = dir.resolve("session").toString();
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.REQUIRED));
      String[] with = {version, "-cert", pem[0].toString(), "-key", pem[1].toString(), "-sess_out", session};
      assertThat(openssl(port, with).output()).contains("New, TLS", "to and fro\n");
      with[5] = "-sess_in";
      assertThat(openssl(port, with).output()).contains("Reused, TLS", "to and fro\n");
      s.peer();
      assertThat(s.peer().identity()).isInstanceOfSatisfying(TransportIdentity.Certificate.class,
          c -> assertThat(c.chain().getFirst()).isEqualTo(lamp.certificate()));
      pki.revoked.add(lamp.certificate());
      assertThat(openssl(port, with).output()).doesNotContain("to and fro");
      assertThat(s.failure().why()).isEqualTo(SetupFailure.TLS_CERTIFICATE);
      assertThat(s.peers).isEmpty();
    }
  }

  @Test
  void keepsTicketsOfOneListenerOutOfAnother() throws Exception {
    String session = dir.resolve("session").toString();
    try (TestServer s = server()) {
      int open = s.open(TestServer.spec(Kind.TLS));
      int strict = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.REQUIRED));
      openssl(open, "-sess_out", session);
      assertThat(openssl(strict, "-sess_in", session).output()).contains("alert").doesNotContain("to and fro");
      assertThat(s.failure().why()).isEqualTo(SetupFailure.TLS_CERTIFICATE);
    }
  }

  // --- reload and time ----------------------------------------------------------------------------------------------

  @Test
  void reloadsWithoutDroppingConnections() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      SSLContext context = client(Optional.empty(), "TLSv1.3");
      try (SSLSocket before = call(context, port)) {
        assertThat(TestServer.exchange(before, "before")).isEqualTo("before");
        Pki.Identity renewed = pki.issue("renewed");
        s.listeners.reload(pki.material(renewed));
        assertThat(TestServer.exchange(before, "still")).isEqualTo("still");
        try (SSLSocket after = call(client(Optional.empty(), "TLSv1.3"), port)) {
          assertThat(TestServer.exchange(after, "after")).isEqualTo("after");
          assertThat(after.getSession().getPeerCertificates()[0]).isEqualTo(renewed.certificate());
        }
        assertThatThrownBy(() -> s.listeners.reload(new TlsMaterial(
            Bytes.utf8("no certificate"), SecretBytes.utf8("no key"), pki, Bytes.EMPTY)))
            .isInstanceOf(ListenException.class)
            .hasMessageContaining("cannot be used");
        try (SSLSocket again = call(client(Optional.empty(), "TLSv1.3"), port)) {
          assertThat(TestServer.exchange(again, "as it was")).isEqualTo("as it was");
        }
      }
    }
  }

  @Test
  void closesAHandshakeAtItsDeadline() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withHandshakeTimeout(Duration.ofMillis(300)));
      try (Socket c = TestServer.call(port)) {
        c.getOutputStream().write(new byte[] {0x16, 0x03, 0x01}); // the beginning of a record
        assertThat(TestServer.ended(c)).isTrue();
        assertThat(s.failure().why()).isEqualTo(SetupFailure.DEADLINE);
      }
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @Test
  void namesWhatIsNoTls() throws Exception {
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      try (Socket c = TestServer.call(port)) {
        c.getOutputStream().write(new byte[] {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0});
        assertThat(TestServer.ended(c)).isTrue();
        assertThat(s.failure()).satisfies(f -> {
          assertThat(f.why()).isEqualTo(SetupFailure.TLS);
          assertThat(f.what()).contains("no TLS");
        });
      }
      try (Socket c = TestServer.call(port)) {
        c.getOutputStream().write(new byte[] {0x16, 0x03, 0x01});
      }
      assertThat(s.failure().why()).isEqualTo(SetupFailure.CLOSED);
      await().until(() -> s.admission.connections() == 0 && s.admission.handshakes() == 0);
    }
  }

  @Test
  void carriesManyBytes() throws Exception {
    String text = "0123456789abcdef".repeat(64 << 10);
    try (TestServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      try (SSLSocket c = call(client(Optional.empty(), "TLSv1.3"), port)) {
        Thread writer = Thread.ofVirtual().start(() -> {
          try {
            c.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
        assertThat(new String(c.getInputStream().readNBytes(text.length()), java.nio.charset.StandardCharsets.US_ASCII))
            .isEqualTo(text);
        writer.join();
      }
    }
  }

  @Test
  void fallsBackToTheJdkWithAWarning() throws Exception {
    TlsTasks tasks = new TlsTasks();
    TlsEndpoint endpoint = TlsEndpoint.open(
        TestServer.spec(Kind.TLS), pki.material(serverIdentity), _ -> {}, tasks, false);
    assertThat(endpoint.warning()).hasValueSatisfying(w -> assertThat(w).contains("TLS 1.3 alone"));
    var handler = endpoint.handler(io.netty.buffer.ByteBufAllocator.DEFAULT);
    assertThat(handler.engine().getEnabledProtocols()).containsExactly("TLSv1.3");
    endpoint.close();
    tasks.close();
  }
}
