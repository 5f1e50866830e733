package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  private final SteppedClock clock = new SteppedClock();

  private Admission admission(int max, int perAddress, int rate, int burst, int kept) {
    return new Admission(new AdmissionLimits(max, perAddress, rate, burst, 2, kept), clock, 42);
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @Test
  void capsConnectionsInAll() {
    Admission a = admission(2, 10, 1_000, 100, 10);
    assertThat(a.admit(ip("10.0.0.1"), false)).isEmpty();
    assertThat(a.admitUnnamed()).isEmpty();
    assertThat(a.admit(ip("10.0.0.3"), false)).contains(Refusal.CONNECTIONS_MAX);
    assertThat(a.admitUnnamed()).contains(Refusal.CONNECTIONS_MAX);
    a.closed(ip("10.0.0.1"));
    assertThat(a.admit(ip("10.0.0.3"), false)).isEmpty();
    assertThat(a.connections()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,         ::ffff:10.0.0.1",
    "::ffff:10.0.0.1,  10.0.0.1",
    "2001:db8::1,      2001:db8::ffff:ffff:ffff:ffff"
  })
  void capsConnectionsOfOneNeighbourhood(String first, String second) {
    Admission a = admission(10, 1, 1_000, 100, 10);
    assertThat(a.admit(ip(first), false)).isEmpty();
    assertThat(a.admit(ip(second), false)).contains(Refusal.ADDRESS_CONNECTIONS_MAX);
    a.closed(ip(second));
    assertThat(a.admit(ip(second), false)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1,        10.0.0.2",
    "2001:db8::1,     2001:db8:0:1::1",
    "10.0.0.1,        0:0:a00:1::",
    "::1,             127.0.0.1",
    "0.0.0.0,         ::"
  })
  void countsNeighboursApart(String first, String second) {
    Admission a = admission(10, 1, 1_000, 100, 10);
    assertThat(a.admit(ip(first), false)).isEmpty();
    assertThat(a.admit(ip(second), false)).isEmpty();
  }

  @Test
  void takesABurstAndThenTheRate() {
    Admission a = admission(100, 100, 10, 3, 10);
    InetAddress ip = ip("192.0.2.7");
    for (int i = 0; i < 3; i++) {
      assertThat(a.admit(ip, false)).isEmpty();
    }
    assertThat(a.admit(ip, false)).contains(Refusal.ACCEPT_RATE);
    assertThat(a.admit(ip("192.0.2.8"), false)).isEmpty();
    clock.advanceMillis(99);
    assertThat(a.admit(ip, false)).contains(Refusal.ACCEPT_RATE);
    clock.advanceMillis(1);
    assertThat(a.admit(ip, false)).isEmpty();
    assertThat(a.admit(ip, false)).contains(Refusal.ACCEPT_RATE);
    clock.advanceMillis(60_000);
    for (int i = 0; i < 3; i++) {
      assertThat(a.admit(ip, false)).isEmpty();
    }
    assertThat(a.admit(ip, false)).as("no more than the burst is saved up").contains(Refusal.ACCEPT_RATE);
  }

  @Test
  void remembersTheRateOfAnAddressThatLeft() {
    Admission a = admission(100, 100, 1, 1, 10);
    InetAddress ip = ip("192.0.2.7");
    assertThat(a.admit(ip, false)).isEmpty();
    a.closed(ip);
    assertThat(a.admit(ip, false)).contains(Refusal.ACCEPT_RATE);
  }

  @Test
  void forgetsTheLongestUnseenFirst() {
    Admission a = admission(100, 100, 1, 1, 2);
    for (int i = 1; i <= 2; i++) {
      assertThat(a.admit(ip("10.0.0." + i), false)).isEmpty();
      a.closed(ip("10.0.0." + i));
    }
    assertThat(a.admit(ip("10.0.0.1"), false)).as("seen again").contains(Refusal.ACCEPT_RATE);
    assertThat(a.admit(ip("10.0.0.3"), false)).isEmpty();
    a.closed(ip("10.0.0.3"));
    assertThat(a.addresses()).isEqualTo(2);
    assertThat(a.admit(ip("10.0.0.1"), false)).contains(Refusal.ACCEPT_RATE);
    assertThat(a.admit(ip("10.0.0.2"), false)).as("forgotten").isEmpty();
  }

  @Test
  void countsAProxiedClientForItself() {
    Admission a = admission(10, 1, 1_000, 100, 10);
    assertThat(a.admitUnnamed()).isEmpty();
    assertThat(a.named(ip("10.0.0.1"))).isEmpty();
    assertThat(a.admitUnnamed()).isEmpty();
    assertThat(a.named(ip("10.0.0.1"))).contains(Refusal.ADDRESS_CONNECTIONS_MAX);
    a.closedUnnamed();
    a.closed(ip("10.0.0.1"));
    assertThat(a.connections()).isZero();
  }

  @Test
  void capsHandshakesInAllAndOfOneAddress() {
    Admission a = new Admission(new AdmissionLimits(100, 100, 1_000, 100, 8, 10), clock, 42);
    for (int i = 0; i < 2; i++) {
      assertThat(a.admit(ip("10.0.0.1"), true)).isEmpty();
    }
    assertThat(a.admit(ip("10.0.0.1"), true)).as("a quarter of 8").contains(Refusal.ADDRESS_HANDSHAKES_MAX);
    assertThat(a.admit(ip("10.0.0.1"), false)).isEmpty();
    for (int i = 2; i <= 7; i++) {
      assertThat(a.admit(ip("10.0.0." + i), true)).isEmpty();
    }
    assertThat(a.admit(ip("10.0.0.8"), true)).contains(Refusal.HANDSHAKES_MAX);
    assertThat(a.admitUnnamed()).contains(Refusal.HANDSHAKES_MAX);
    a.handshakeEnded(ip("10.0.0.1"));
    assertThat(a.handshakes()).isEqualTo(7);
    assertThat(a.admitUnnamed()).isEmpty();
    assertThat(a.named(ip("10.0.0.2"))).isEmpty();
    assertThat(a.admit(ip("10.0.0.1"), false)).isEmpty();
    a.handshakeEnded(ip("10.0.0.2"));
    a.handshakeEnded(ip("10.0.0.2"));
    assertThatThrownBy(() -> a.handshakeEnded(ip("10.0.0.2"))).isInstanceOf(AssertionError.class);
  }

  @Test
  void callsACloseTooManyOurFault() {
    Admission a = admission(10, 10, 1_000, 100, 10);
    assertThatThrownBy(() -> a.closed(ip("10.0.0.1"))).isInstanceOf(AssertionError.class);
    assertThatThrownBy(a::closedUnnamed).isInstanceOf(AssertionError.class);
  }

  /// Against a model of plain maps, with addresses few enough to meet and a table small enough to grow and evict.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithAModel(long seed) {
    Random random = new Random(seed);
    Admission a = new Admission(new AdmissionLimits(700, 3, 1_000_000, 1_000_000, 1, 20), clock, seed);
    Map<InetAddress, Integer> model = new HashMap<>();
    List<InetAddress> standing = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      boolean opening = random.nextInt(100) < (step / 5_000 % 2 == 0 ? 60 : 40);
      if (opening || standing.isEmpty()) {
        InetAddress ip = ip("10.0." + random.nextInt(4) + "." + random.nextInt(200));
        int of = model.getOrDefault(ip, 0);
        Refusal expected = standing.size() >= 700 ? Refusal.CONNECTIONS_MAX
            : of >= 3 ? Refusal.ADDRESS_CONNECTIONS_MAX : null;
        assertThat(a.admit(ip, false).orElse(null)).as("seed %d step %d", seed, step).isEqualTo(expected);
        if (expected == null) {
          model.put(ip, of + 1);
          standing.add(ip);
        }
      } else {
        InetAddress ip = standing.remove(random.nextInt(standing.size()));
        model.merge(ip, -1, Integer::sum);
        model.values().remove(0);
        a.closed(ip);
      }
      assertThat(a.connections()).isEqualTo(standing.size());
      assertThat(a.addresses()).isBetween(model.size(), model.size() + 20);
    }
  }
}
