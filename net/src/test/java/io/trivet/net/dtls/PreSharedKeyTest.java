package io.trivet.net.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trivet.base.SecretBytes;
import io.trivet.broker.TransportIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class PreSharedKeyTest {
  static final DtlsSettings QUICK = DtlsSettings.DEFAULT.withRetransmission(Duration.ofMillis(100), 2);
  static final DtlsKeys KEYS = DtlsKeys.NONE.withPreSharedKeys(
      identity -> identity.startsWith("lamp") ? Optional.of(SecretBytes.utf8("a key of the lamp")) : Optional.empty());

  private final List<String> answers = new CopyOnWriteArrayList<>();

  static DtlsCredential lamp(String identity, String key) {
    return new DtlsCredential.PreSharedKey(identity, SecretBytes.utf8(key));
  }

  private DtlsClient connect(InetSocketAddress server, DtlsCredential who) throws IOException {
    return DtlsClient.connect(server, who, QUICK, Duration.ofSeconds(5),
        m -> answers.add(new String(m, StandardCharsets.UTF_8)));
  }

  private void converse(DtlsClient client, String message) {
    client.send(message.getBytes(StandardCharsets.UTF_8));
    await().untilAsserted(() -> assertThat(answers).contains(message));
  }

  @Test
  void conversesWithADeviceThatHasItsKey() throws Exception {
    try (SocketServer server = new SocketServer(QUICK, KEYS)) {
      try (DtlsClient client = connect(server.address, lamp("lamp", "a key of the lamp"))) {
        converse(client, "hello");
        converse(client, "again");
        assertThat(client.protection()).isEqualTo("DTLSv1.2 TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256");
      }
      Association a = server.seen.getFirst();
      assertThat(server.seen).hasSize(1);
      assertThat(a.peer().identity()).isEqualTo(new TransportIdentity.PreSharedKey("lamp"));
      assertThat(a.peer().protection()).isEqualTo("DTLSv1.2 TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256");
      assertThat(a.isProven()).isTrue();
      await().untilAsserted(() -> assertThat(server.endings).containsExactly("closed by the peer"));
      assertThat(server.on(SecureDatagrams::associations)).isZero();
      assertThat(server.on(SecureDatagrams::handshakes)).isZero();
      assertThat(server.counters.handshakes.sum()).isEqualTo(1);
      assertThat(server.failures).isEmpty();
    }
  }

  @Test
  void tellsAWrongKeyFromAnUnknownIdentityToTheOperatorOnly() throws Exception {
    try (SocketServer server = new SocketServer(QUICK, KEYS)) {
      assertThatThrownBy(() -> connect(server.address, lamp("lamp", "another key"))).isInstanceOf(IOException.class)
          .hasMessageNotContaining("alert");
      await().untilAsserted(() -> assertThat(server.failures)
          .containsExactly("PSK_KEY its key is not the one of the identity it named"));
      assertThatThrownBy(() -> connect(server.address, lamp("nobody", "another key"))).isInstanceOf(IOException.class)
          .hasMessageNotContaining("alert");
      await().untilAsserted(() -> assertThat(server.failures).hasSize(2)
          .last().isEqualTo("PSK_IDENTITY no key for identity nobody"));
      assertThat(server.on(SecureDatagrams::handshakes)).isZero();
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void endsTheAssociationsOfABlockedDevice() throws Exception {
    try (SocketServer server = new SocketServer(QUICK, KEYS);
        DtlsClient one = connect(server.address, lamp("lamp-1", "a key of the lamp"));
        DtlsClient two = connect(server.address, lamp("lamp-2", "a key of the lamp"))) {
      converse(one, "one");
      converse(two, "two");
      int ended = server.on(d -> d.endWhere(
          a -> a.peer().identity().equals(new TransportIdentity.PreSharedKey("lamp-1"))));
      assertThat(ended).isEqualTo(1);
      assertThat(server.endings).containsExactly("ended by the server");
      assertThat(server.on(SecureDatagrams::associations)).isEqualTo(1);
      converse(two, "still there");
    }
  }

  @Test
  void goesOnAfterARestartWithoutAHandshake() throws Exception {
    SocketServer before = new SocketServer(QUICK, KEYS);
    try (DtlsClient client = connect(before.address, lamp("lamp", "a key of the lamp"))) {
      converse(client, "before");
      byte[] saved = before.save();
      try (SocketServer after = new SocketServer(QUICK, KEYS, before.address.getPort(), saved)) {
        assertThat(after.on(SecureDatagrams::associations)).isEqualTo(1);
        converse(client, "after");
        assertThat(after.counters.handshakes.sum()).isZero();
        assertThat(after.seen.getFirst().peer().identity()).isEqualTo(new TransportIdentity.PreSharedKey("lamp"));
      }
    }
  }

  @Test
  void refusesWhatIsNoSavedAssociations() throws Exception {
    SocketServer before = new SocketServer(QUICK, KEYS);
    byte[] saved;
    try (DtlsClient client = connect(before.address, lamp("lamp", "a key of the lamp"))) {
      converse(client, "before");
      saved = before.save();
    }
    for (int length : new int[] {0, 3, 5, 20, saved.length / 2, saved.length - 1}) {
      byte[] cut = Arrays.copyOf(saved, length);
      assertThatThrownBy(() -> new SocketServer(QUICK, KEYS, 0, cut)).as("%d bytes", length)
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> new SocketServer(QUICK.withConnectionIdBytes(8), KEYS, 0, saved))
        .isInstanceOf(IOException.class).hasMessageContaining("6 bytes");
  }
}
