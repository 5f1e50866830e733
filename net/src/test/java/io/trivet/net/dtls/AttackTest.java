package io.trivet.net.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.net.transport.SetupFailure;
import io.trivet.net.transport.SetupWatcher;
import io.trivet.net.transport.TransportCounters;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class AttackTest {
  private static final InetSocketAddress SOMEBODY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4_321);

  private final List<String> answers = new CopyOnWriteArrayList<>();

  private DtlsClient connect(InetSocketAddress server) throws IOException {
    return DtlsClient.connect(server, PreSharedKeyTest.lamp("lamp", "a key of the lamp"), PreSharedKeyTest.QUICK,
        Duration.ofSeconds(5), m -> answers.add(new String(m, StandardCharsets.UTF_8)));
  }

  private void converse(DtlsClient client, String message) {
    client.send(message.getBytes(StandardCharsets.UTF_8));
    await().untilAsserted(() -> assertThat(answers).contains(message));
  }

  private static InetSocketAddress address(SocketServer server, Association a) {
    return server.on(_ -> a.address());
  }

  private static boolean isProven(SocketServer server, Association a) {
    return server.on(_ -> a.isProven());
  }

  @Test
  void followsAPeerToItsNewAddressByConnectionIdAndHoldsItUnproven() throws Exception {
    try (SocketServer server = new SocketServer(PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS);
        MovingRelay relay = new MovingRelay(server.address);
        DtlsClient client = connect(relay.address())) {
      converse(client, "here");
      Association a = server.seen.getFirst();
      InetSocketAddress before = address(server, a);
      relay.move();
      converse(client, "there");
      assertThat(server.seen).hasSize(1);
      assertThat(address(server, a)).isNotEqualTo(before);
      assertThat(isProven(server, a)).isFalse();
      server.on(_ -> {
        a.proved();
        return true;
      });
      converse(client, "still there");
      assertThat(isProven(server, a)).isTrue();
      assertThat(server.counters.handshakes.sum()).isEqualTo(1);
    }
  }

  @Test
  void aRecordedOrForgedRecordFromElsewhereMovesNobodyAndIsNotReadTwice() throws Exception {
    try (SocketServer server = new SocketServer(PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS);
        MovingRelay relay = new MovingRelay(server.address);
        DtlsClient client = connect(relay.address());
        DatagramSocket attacker = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      converse(client, "once");
      Association a = server.seen.getFirst();
      InetSocketAddress before = address(server, a);
      byte[] recorded = relay.lastToServer();
      attacker.send(new DatagramPacket(recorded, recorded.length, server.address));
      byte[] newer = recorded.clone();
      newer[10] = (byte) (newer[10] + 5); // the sequence number of a record to come
      attacker.send(new DatagramPacket(newer, newer.length, server.address));
      converse(client, "twice");
      assertThat(answers).containsExactly("once", "twice");
      assertThat(address(server, a)).isEqualTo(before);
      assertThat(isProven(server, a)).isTrue();
    }
  }

  @Test
  void keepsNothingOfClientHellosWithoutCookie() throws Exception {
    try (SocketServer server = new SocketServer(PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS)) {
      byte[] hello;
      try (MovingRelay relay = new MovingRelay(server.address)) {
        try (DtlsClient client = connect(relay.address())) {
          hello = relay.firstToServer();
          converse(client, "hello");
        }
        await().untilAsserted(() -> assertThat(server.on(SecureDatagrams::associations)).isZero());
      }
      long answered = server.on(d -> {
        for (int i = 0; i < 5_000; i++) {
          d.receive(new InetSocketAddress("127.0.0." + (2 + i % 200), 1_024 + i), hello, hello.length);
        }
        return (long) d.handshakes() + d.associations();
      });
      assertThat(answered).isZero();
      assertThat(server.failures).isEmpty();
    }
  }

  @Test
  void refusesHandshakesBeyondThoseItAllows() throws Exception {
    DtlsSettings one = PreSharedKeyTest.QUICK.withHandshakesMax(1).withRetransmission(Duration.ofMillis(500), 1);
    try (SocketServer server = new SocketServer(one, PreSharedKeyTest.KEYS)) {
      Thread slow = Thread.startVirtualThread(() -> assertThatThrownBy(() -> DtlsClient.connect(server.address,
          PreSharedKeyTest.lamp("lamp", "wrong"), one, Duration.ofSeconds(3), _ -> {})));
      await().untilAsserted(() -> assertThat(server.on(SecureDatagrams::handshakes)).isEqualTo(1));
      assertThatThrownBy(() -> DtlsClient.connect(server.address,
          PreSharedKeyTest.lamp("lamp", "a key of the lamp"), one, Duration.ofMillis(300), _ -> {}))
          .isInstanceOf(IOException.class);
      assertThat(server.failures).contains("HANDSHAKES_MAX");
      slow.join();
      await().untilAsserted(() -> assertThat(server.on(SecureDatagrams::handshakes)).isZero());
      try (DtlsClient later = connect(server.address)) {
        converse(later, "now there is room");
      }
    }
  }

  @Test
  void endsAnAssociationThatIsIdle() throws Exception {
    DtlsSettings s = PreSharedKeyTest.QUICK.withAssociations(10, Duration.ofSeconds(1), Duration.ofSeconds(1));
    try (SocketServer server = new SocketServer(s, PreSharedKeyTest.KEYS); DtlsClient client = connect(server.address)) {
      converse(client, "hello");
      await().untilAsserted(() -> assertThat(server.endings).containsExactly("idle"));
      assertThat(server.on(SecureDatagrams::associations)).isZero();
    }
  }

  @Test
  void namesTheLoopOfAConnectionId() {
    DtlsListener listener = listener(4);
    byte[] record = new byte[40];
    record[0] = 25;
    record[11] = 2;
    assertThat(listener.loopOf(record, record.length)).isEqualTo(2);
    record[11] = (byte) 0xFF;
    assertThat(listener.loopOf(record, record.length)).isEqualTo(3);
    assertThat(listener.loopOf(record, 11)).isEqualTo(-1);
    record[0] = 23;
    assertThat(listener.loopOf(record, record.length)).isEqualTo(-1);
  }

  private static final TransportCounters COUNTERS = new TransportCounters();

  private static DtlsListener listener(int loops) {
    return new DtlsListener("coaps", loops, PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS, SocketServer.CLOCK,
        Runnable::run, SetupWatcher.SILENT, COUNTERS);
  }

  private static void takes(List<byte[]> datagrams) throws IOException {
    SecureDatagrams.Out nobody = new SecureDatagrams.Out() {
      @Override
      public void datagram(InetSocketAddress to, byte[] bytes, int length) {}

      @Override
      public void received(Association from, byte[] plaintext, int offset, int length) {
        throw new AssertionError("nobody holds a key");
      }

      @Override
      public void ended(Association association, String why) {
        throw new AssertionError("there is none");
      }
    };
    try (SecureDatagrams d = listener(1).onLoop(0, Runnable::run, nobody, List.of())) {
      for (byte[] b : datagrams) {
        d.receive(SOMEBODY, b, b.length);
        d.tick(SocketServer.CLOCK.monotonicNanos());
      }
      // Scandium answers some of what it cannot read with an exception, which is counted and ends nothing.
      assertThat(d.associations()).isZero();
    }
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnyDatagram(byte[] datagram) throws IOException {
    takes(List.of(datagram));
  }

  @Test
  void takesMutatedHandshakes() throws Exception {
    List<byte[]> real = new ArrayList<>();
    try (SocketServer server = new SocketServer(PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS);
        MovingRelay relay = new MovingRelay(server.address);
        DtlsClient client = connect(relay.address())) {
      converse(client, "hello");
      real.addAll(relay.toServer());
    }
    Random random = new Random(20_260_716);
    List<byte[]> mutated = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      byte[] b = real.get(random.nextInt(real.size())).clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        b[random.nextInt(b.length)] = (byte) random.nextInt();
      }
      mutated.add(random.nextInt(4) == 0 ? Arrays.copyOf(b, random.nextInt(b.length)) : b);
    }
    takes(mutated);
  }
}
