package io.trivet.net.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trivet.base.Bytes;
import io.trivet.broker.TransportIdentity;
import io.trivet.net.transport.Pki;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CertificateTest {
  private static final DtlsSettings RAW = PreSharedKeyTest.QUICK.withModes(Set.of(DtlsMode.RAW_PUBLIC_KEY));
  private static final DtlsSettings CHAINS = PreSharedKeyTest.QUICK.withModes(Set.of(DtlsMode.CERTIFICATE));

  private final Pki pki = new Pki();
  private final Pki.Identity serverIdentity = pki.issue("server");
  private final List<String> answers = new CopyOnWriteArrayList<>();

  static DtlsKeys.RawKey pair(String kind) {
    try {
      KeyPairGenerator g = KeyPairGenerator.getInstance(kind.equals("Ed25519") ? kind : "EC");
      if (!kind.equals("Ed25519")) {
        g.initialize(new ECGenParameterSpec(kind));
      }
      KeyPair pair = g.generateKeyPair();
      return new DtlsKeys.RawKey(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes spki(DtlsKeys.RawKey key) {
    return Bytes.copyOf(key.open().getEncoded());
  }

  private DtlsClient connect(InetSocketAddress server, DtlsCredential who) throws IOException {
    return DtlsClient.connect(server, who, PreSharedKeyTest.QUICK, Duration.ofSeconds(5),
        m -> answers.add(new String(m, StandardCharsets.UTF_8)));
  }

  private void converse(DtlsClient client, String message) {
    client.send(message.getBytes(StandardCharsets.UTF_8));
    await().untilAsserted(() -> assertThat(answers).contains(message));
  }

  private DtlsCredential chain(Pki.Identity own, String serverName) {
    return new DtlsCredential.Certificate(
        Optional.of(new DtlsCredential.Chain(own.key(), List.of(own.certificate()))), pki, Optional.of(serverName));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "Ed25519"})
  void knowsADeviceByItsPinnedKey(String kind) throws Exception {
    DtlsKeys.RawKey device = pair(kind);
    DtlsKeys.RawKey own = pair("secp256r1");
    try (SocketServer server = new SocketServer(RAW, DtlsKeys.NONE.withRawKeys(spki(device)::equals, own));
        DtlsClient client = connect(server.address, new DtlsCredential.RawKey(device, spki(own)::equals))) {
      converse(client, "hello");
      assertThat(server.seen.getFirst().peer().identity())
          .isEqualTo(new TransportIdentity.RawPublicKey(spki(device)));
    }
  }

  @Test
  void refusesAKeyThatNobodyPinned() throws Exception {
    DtlsKeys.RawKey own = pair("secp256r1");
    try (SocketServer server = new SocketServer(RAW, DtlsKeys.NONE.withRawKeys(RawKeyTrust.NOBODY, own))) {
      assertThatThrownBy(() ->
          connect(server.address, new DtlsCredential.RawKey(pair("secp256r1"), spki(own)::equals)))
          .isInstanceOf(IOException.class);
      await().untilAsserted(() -> assertThat(server.failures)
          .containsExactly("TLS_CERTIFICATE a raw public key that nobody pinned"));
      assertThat(server.on(SecureDatagrams::associations)).isZero();
    }
  }

  @Test
  void aClientRefusesAServerWithAnotherKey() throws Exception {
    DtlsKeys.RawKey device = pair("secp256r1");
    try (SocketServer server =
        new SocketServer(RAW, DtlsKeys.NONE.withRawKeys(spki(device)::equals, pair("secp256r1")))) {
      assertThatThrownBy(() -> connect(server.address, new DtlsCredential.RawKey(device, RawKeyTrust.NOBODY)))
          .isInstanceOf(IOException.class).hasMessageContaining("nobody pinned");
      assertThat(server.on(SecureDatagrams::associations)).isZero();
    }
  }

  @Test
  void conversesByCertificatesAndRefusesARevokedOne() throws Exception {
    Pki.Identity device = pki.issue("device");
    Pki.Identity lost = pki.issue("lost");
    pki.revoked.add(lost.certificate());
    try (SocketServer server =
        new SocketServer(CHAINS, DtlsKeys.NONE.withCertificates(pki.material(serverIdentity)))) {
      try (DtlsClient client = connect(server.address, chain(device, "localhost"))) {
        converse(client, "hello");
        assertThat(client.protection()).isEqualTo("DTLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
      }
      assertThat(server.seen.getFirst().peer().identity())
          .isEqualTo(new TransportIdentity.Certificate(List.of(device.certificate())));
      assertThatThrownBy(() -> connect(server.address, chain(lost, "localhost"))).isInstanceOf(IOException.class);
      await().untilAsserted(() -> assertThat(server.failures).singleElement().asString()
          .startsWith("TLS_CERTIFICATE").contains("revoked"));
    }
  }

  @Test
  void showsARenewedCertificateToWhoComesLaterAndKeepsWhoIsThere() throws Exception {
    Pki.Identity renewed = pki.issue("server");
    CertificateRenewal renewal = new CertificateRenewal(pki.material(serverIdentity));
    DtlsKeys.RawKey device = pair("secp256r1");
    Bytes before = Bytes.copyOf(serverIdentity.certificate().getPublicKey().getEncoded());
    Bytes after = Bytes.copyOf(renewed.certificate().getPublicKey().getEncoded());
    DtlsKeys keys = DtlsKeys.NONE.withRawKeys(spki(device)::equals)
        .withCertificates(pki.material(serverIdentity), renewal);
    try (SocketServer server = new SocketServer(
            PreSharedKeyTest.QUICK.withModes(EnumSet.of(DtlsMode.RAW_PUBLIC_KEY, DtlsMode.CERTIFICATE)), keys);
        DtlsClient early = connect(server.address, new DtlsCredential.RawKey(device, before::equals))) {
      converse(early, "early");
      assertThat(renewal.show(pki.material(renewed))).isTrue();
      converse(early, "still");
      assertThatThrownBy(() -> connect(server.address, new DtlsCredential.RawKey(device, before::equals)))
          .hasMessageContaining("nobody pinned");
      try (DtlsClient late = connect(server.address, new DtlsCredential.RawKey(device, after::equals));
          DtlsClient chain = connect(server.address, chain(pki.issue("device"), "localhost"))) {
        converse(late, "late");
        converse(chain, "chain");
      }
      converse(early, "to the end");
    }
  }

  @Test
  void aClientRefusesACertificateOfAnotherName() throws Exception {
    try (SocketServer server =
        new SocketServer(CHAINS, DtlsKeys.NONE.withCertificates(pki.material(serverIdentity)))) {
      assertThatThrownBy(() -> connect(server.address, chain(pki.issue("device"), "elsewhere.example")))
          .isInstanceOf(IOException.class).hasMessageContaining("not for elsewhere.example");
    }
  }

  @Test
  void servesAllModesAtOnce() throws Exception {
    DtlsKeys.RawKey device = pair("secp256r1");
    Bytes own = Bytes.copyOf(serverIdentity.certificate().getPublicKey().getEncoded());
    DtlsKeys keys = PreSharedKeyTest.KEYS.withRawKeys(spki(device)::equals)
        .withCertificates(pki.material(serverIdentity));
    try (SocketServer server =
            new SocketServer(PreSharedKeyTest.QUICK.withModes(EnumSet.allOf(DtlsMode.class)), keys);
        DtlsClient byKey = connect(server.address, PreSharedKeyTest.lamp("lamp", "a key of the lamp"));
        DtlsClient byRaw = connect(server.address, new DtlsCredential.RawKey(device, own::equals));
        DtlsClient byChain = connect(server.address, chain(pki.issue("device"), "127.0.0.1"))) {
      converse(byKey, "key");
      converse(byRaw, "raw");
      converse(byChain, "chain");
      assertThat(server.on(SecureDatagrams::associations)).isEqualTo(3);
    }
  }
}
