package io.trivet.coap.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.Counter;
import io.trivet.broker.Principal;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.Response;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is remembered, of whom and for how long; and that a flood finds an end of it.
class BoundsTest {
  private static byte[] put(int messageId) {
    return new byte[] {0x40, 0x03, (byte) (messageId >> 8), (byte) messageId};
  }

  private static Ladder ladder(int peers, int perPeer, int all, long bytes) {
    Ladder l = new Ladder(Transmission.DEFAULT, new DatagramLimits(peers, perPeer, all, bytes, 4, 4, 16, 8));
    l.handler = e -> e.respond(Response.of(Code.CHANGED));
    return l;
  }

  @Test
  void knowsDuplicatesForAsLongAsTheExchangeLives() {
    Ladder ladder = ladder(10, 8, 80, 1 << 20);
    ladder.play("""
        --> 40 03 00 01
        <-- 60 44 00 01
        ... 246 s
        --> 40 03 00 01
        <-- 60 44 00 01
        """);
    assertThat(ladder.exchanges).hasSize(1);
    ladder.play("... 1 s\n--> 40 03 00 01\n<-- 60 44 00 01");
    assertThat(ladder.exchanges).hasSize(2);
  }

  @Test
  void knowsNonConfirmableDuplicatesForLess() {
    Ladder ladder = ladder(10, 8, 80, 1 << 20);
    ladder.handler = _ -> {};
    ladder.play("--> 50 03 00 01\n... 144 s\n--> 50 03 00 01");
    assertThat(ladder.exchanges).hasSize(1);
    ladder.play("... 1 s\n--> 50 03 00 01");
    assertThat(ladder.exchanges).hasSize(2);
  }

  @Test
  void tellsPeersApart() {
    Ladder ladder = ladder(10, 8, 80, 1 << 20);
    ladder.receive(ladder.peer, put(1), false);
    ladder.receive(ladder.peer(40_001), put(1), false);
    assertThat(ladder.exchanges).hasSize(2);
  }

  @Test
  void forgetsAPeersOldestBeyondItsShare() {
    Ladder ladder = ladder(10, 8, 80, 1 << 20);
    for (int i = 0; i < 100; i++) {
      ladder.receive(ladder.peer, put(i), false);
      assertThat(ladder.endpoint.exchangesKept()).isLessThanOrEqualTo(8);
    }
    for (int i = 92; i < 100; i++) {
      ladder.receive(ladder.peer, put(i), false);
    }
    assertThat(ladder.exchanges).hasSize(100);
    ladder.receive(ladder.peer, put(91), false);
    assertThat(ladder.exchanges).hasSize(101);
  }

  @Test
  void forgetsTheOldestOfAllBeyondTheWhole() {
    Ladder ladder = ladder(10, 8, 5, 1 << 20);
    List<DatagramPeer> peers = List.of(ladder.peer(1), ladder.peer(2), ladder.peer(3));
    for (int i = 0; i < 30; i++) {
      ladder.receive(peers.get(i % 3), put(i), false);
      assertThat(ladder.endpoint.exchangesKept()).isLessThanOrEqualTo(5);
    }
    for (int i = 25; i < 30; i++) {
      ladder.receive(peers.get(i % 3), put(i), false);
    }
    assertThat(ladder.exchanges).hasSize(30);
  }

  @Test
  void boundsTheBytesOfTheAnswersItKeeps() {
    Ladder ladder = ladder(10, 8, 80, 5_000);
    ladder.handler = e -> e.respond(Response.content(42, io.trivet.base.Bytes.wrap(new byte[1_000])));
    List<DatagramPeer> peers = List.of(ladder.peer(1), ladder.peer(2), ladder.peer(3));
    for (int i = 0; i < 60; i++) {
      ladder.receive(peers.get(i % 3), put(i), false);
      assertThat(ladder.endpoint.exchangeBytesKept()).isLessThanOrEqualTo(5_000 + 1_010);
    }
    peers.forEach(DatagramPeer::leave);
    assertThat(ladder.endpoint.exchangesKept()).isZero();
    assertThat(ladder.endpoint.exchangeBytesKept()).isZero();
  }

  /// What a busy peer has let go of is not kept by one old entry of a quiet peer.
  @Test
  void keepsNothingOfWhatWasForgotten() {
    Memory memory = new Memory(DatagramLimits.DEFAULT);
    Ladder ladder = new Ladder();
    Random random = new Random(1);
    List<Remembered> live = new java.util.ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      Remembered r = new Remembered(ladder.peer, i, Long.MAX_VALUE / 2);
      memory.add(r);
      memory.answered(r, new byte[10]);
      live.add(r);
      if (live.size() > 8) {
        Remembered gone = live.remove(1 + random.nextInt(7));
        memory.forgotten(gone);
        memory.forgotten(gone);
        assertThat(gone.next).isNull();
        assertThat(gone.previous).isNull();
      }
      assertThat(memory.count()).isEqualTo(live.size());
      assertThat(memory.bytes()).isEqualTo(10L * live.size());
    }
    for (int i = 0; i < live.size(); i++) {
      assertThat(live.get(i).next).isSameAs(i + 1 < live.size() ? live.get(i + 1) : null);
    }
  }

  @Test
  void refusesRequestsOfAPeerThatHasTooManyUnderWay() {
    Ladder ladder = ladder(10, 8, 80, 1 << 20);
    ladder.handler = _ -> {};
    ladder.play("""
        --> 50 01 00 01
        --> 50 01 00 02
        --> 50 01 00 03
        --> 50 01 00 04
        --> 40 01 00 05
        <-- 60 a3 00 05 d1 01 01 ff 746f6f206d616e792072657175657374732077616974\
        20666f7220746865697220726573706f6e736573  5.03, Max-Age 1
        """);
    assertThat(ladder.count(Counter.COAP_LIMIT_UNDER_WAY)).isEqualTo(1);
    ladder.exchanges.forEach(e -> e.respond(Response.of(Code.CONTENT)));
    ladder.takeSent();
    ladder.play("--> 50 01 00 06");
    assertThat(ladder.exchanges).hasSize(5);
  }

  // --- peers --------------------------------------------------------------------------------------------------------

  private static InetSocketAddress address(int n) {
    return new InetSocketAddress("127.0." + (n >> 8) + "." + (n & 0xFF), 5_683);
  }

  private static DatagramPeer found(Ladder ladder, PeerTable table, int n) {
    DatagramPeer p = table.find(address(n), a -> ladder.endpoint.peer(
        new io.trivet.broker.Peer(a, "coap", false, "", io.trivet.broker.TransportIdentity.NONE),
        Principal.ANONYMOUS, false, 1_152, a));
    if (p == null) {
      throw new AssertionError("no room");
    }
    return p;
  }

  @Test
  void aFloodOfAddressesLeavesThoseThatObserve() {
    Ladder ladder = ladder(50, 8, 80, 1 << 20);
    PeerTable table = new PeerTable(ladder.endpoint);
    DatagramPeer observer = found(ladder, table, 1);
    observer.hold();
    DatagramPeer plain = found(ladder, table, 2);
    for (int i = 3; i < 5_000; i++) {
      ladder.receive(found(ladder, table, i), put(1), false);
      assertThat(table.size()).isLessThanOrEqualTo(50);
    }
    assertThat(found(ladder, table, 1)).isSameAs(observer);
    assertThat(found(ladder, table, 2)).isNotSameAs(plain);
    assertThat(plain.isGone()).isTrue();
    assertThat(ladder.endpoint.exchangesKept()).isLessThanOrEqualTo(50);
    observer.release();
    for (int i = 3; i < 60; i++) {
      found(ladder, table, i);
    }
    assertThat(observer.isGone()).isTrue();
  }

  @Test
  void forgetsWhoWasSilentLongest() {
    Ladder ladder = ladder(3, 8, 80, 1 << 20);
    PeerTable table = new PeerTable(ladder.endpoint);
    DatagramPeer a = found(ladder, table, 1);
    DatagramPeer b = found(ladder, table, 2);
    DatagramPeer c = found(ladder, table, 3);
    found(ladder, table, 1);
    found(ladder, table, 4);
    assertThat(List.of(a.isGone(), b.isGone(), c.isGone())).containsExactly(false, true, false);
  }

  @Test
  void hasNoRoomForMoreWhereAllAreBusy() {
    Ladder ladder = ladder(3, 8, 80, 1 << 20);
    PeerTable table = new PeerTable(ladder.endpoint);
    List<DatagramPeer> all = List.of(found(ladder, table, 1), found(ladder, table, 2), found(ladder, table, 3));
    all.forEach(DatagramPeer::hold);
    assertThat(table.find(address(4), _ -> {
      throw new AssertionError("made one more");
    })).isNull();
    assertThat(ladder.count(Counter.COAP_LIMIT_PEERS)).isEqualTo(1);
    all.get(1).release();
    found(ladder, table, 4);
    assertThat(all.get(1).isGone()).isTrue();
    table.close();
    assertThat(all).allMatch(DatagramPeer::isGone);
    assertThat(table.size()).isZero();
  }

  @Test
  void keepsAPeerWhoseRequestOrNotificationIsUnderWay() {
    Ladder ladder = ladder(2, 8, 80, 1 << 20);
    ladder.handler = _ -> {};
    PeerTable table = new PeerTable(ladder.endpoint);
    DatagramPeer asked = found(ladder, table, 1);
    ladder.receive(asked, put(1), false);
    Exchange e = ladder.exchange();
    found(ladder, table, 2);
    found(ladder, table, 3);
    assertThat(asked.isGone()).isFalse();
    ladder.advance(Duration.ofSeconds(1));
    e.respond(Response.of(Code.CHANGED));
    found(ladder, table, 4);
    assertThat(asked.isGone()).as("its separate response is not acknowledged yet").isFalse();
    ladder.advance(Duration.ofSeconds(100));
    found(ladder, table, 5);
    found(ladder, table, 6);
    assertThat(asked.isGone()).isTrue();
  }

  @Test
  void tellsOnceThatAPeerIsGone() {
    Ladder ladder = ladder(2, 8, 80, 1 << 20);
    int[] told = new int[1];
    ladder.peer.whenGone(() -> told[0]++);
    ladder.peer.leave();
    ladder.peer.leave();
    assertThat(told[0]).isEqualTo(1);
    ladder.peer.whenGone(() -> told[0]++);
    assertThat(told[0]).isEqualTo(2);
  }

  @Test
  void aProofOfAddressLastsAWhile() {
    Ladder ladder = ladder(2, 8, 80, 1 << 20);
    assertThat(ladder.peer.isProven()).isFalse();
    ladder.peer.proved();
    ladder.advance(Duration.ofSeconds(299));
    assertThat(ladder.peer.isProven()).isTrue();
    ladder.advance(Duration.ofSeconds(2));
    assertThat(ladder.peer.isProven()).isFalse();
  }
}
