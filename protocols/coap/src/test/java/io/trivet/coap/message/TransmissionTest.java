package io.trivet.coap.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.broker.Counter;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Requester.Failure;
import io.trivet.coap.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When messages are sent again, how many at a time, and what becomes of them (RFC 7252, sections 4.2, 4.7 and 4.8).
class TransmissionTest {
  private static final String GET = "48 01 ad 7b 0000000000000020 b1 61  CON GET [0xad7b] /a";

  @Test
  void hasTheTimesOfTheTable() {
    Transmission t = Transmission.DEFAULT;
    assertThat(Duration.ofNanos(t.maxTransmitWaitNanos())).isEqualTo(Duration.ofSeconds(93));
    assertThat(Duration.ofNanos(t.exchangeLifetimeNanos())).isEqualTo(Duration.ofSeconds(247));
    assertThat(Duration.ofNanos(t.nonLifetimeNanos())).isEqualTo(Duration.ofSeconds(145));
  }

  @Test
  void refusesParametersThatMakeNoSense() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Transmission(Duration.ofMillis(9), 1.5, 4, 1, second, second))
        .hasMessageContaining("give a value from 10 ms to 10 min");
    assertThatThrownBy(() -> new Transmission(second, 0.9, 4, 1, second, second)).hasMessageContaining("from 1 to 10");
    assertThatThrownBy(() -> new Transmission(second, Double.NaN, 4, 1, second, second))
        .hasMessageContaining("from 1 to 10");
    assertThatThrownBy(() -> new Transmission(second, 1.5, 11, 1, second, second)).hasMessageContaining("0 to 10");
    assertThatThrownBy(() -> new Transmission(second, 1.5, 4, 0, second, second)).hasMessageContaining("nstart");
    assertThatThrownBy(() -> new Transmission(second, 1.5, 4, 1, second.negated(), second))
        .hasMessageContaining("negative");
  }

  @Test
  void sendsFourTimesAgainAtDoubledIntervalsThenGivesUp() {
    Ladder ladder = new Ladder();
    ladder.ask(Request.of(Code.GET, "a"));
    ladder.play("<-- " + GET + "\n... 1999 ms\n... 1 ms\n<-- " + GET + "\n... 3999 ms\n... 1 ms\n<-- " + GET
        + "\n... 7999 ms\n... 1 ms\n<-- " + GET + "\n... 15999 ms\n... 1 ms\n<-- " + GET + "\n... 31999 ms");
    assertThat(ladder.failures).isEmpty();
    ladder.play("... 1 ms");
    assertThat(ladder.failures).containsExactly(Failure.TIMED_OUT);
    assertThat(ladder.count(Counter.COAP_RETRANSMISSIONS)).isEqualTo(4);
    assertThat(ladder.count(Counter.COAP_TIMEOUTS)).isEqualTo(1);
    ladder.play("... 300 s");
    assertThat(ladder.failures).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 2000", "0.5, 2498", "1, 2996"})
  void drawsTheFirstTimeoutBetweenOneAndOneAndAHalf(double fraction, int millis) {
    Ladder ladder = new Ladder();
    ladder.randomFraction = fraction;
    ladder.ask(Request.of(Code.GET, "a"));
    String first = ladder.takeSent().getFirst();
    ladder.play("... " + (millis - 10) + " ms");
    ladder.advance(Duration.ofMillis(20));
    assertThat(ladder.takeSent()).containsExactly(first);
  }

  @Test
  void keepsAsManyOnTheirWayAsNstartAllows() {
    Ladder ladder = new Ladder();
    ladder.ask(Request.of(Code.GET, "a"));
    ladder.tokenEnd = 0x21;
    ladder.ask(Request.of(Code.GET, "b"));
    ladder.play("<-- " + GET + """

        --> 60 00 ad 7b
        <-- 48 01 ad 7c 0000000000000021 b1 62  CON GET [0xad7c] /b, once the first is acknowledged
        --> 68 45 ad 7c 0000000000000021 ff 78
        """);
    assertThat(ladder.responses).hasSize(1);
  }

  @Test
  void sendsTheNextWhereNobodyWantsTheFirstAnyMore() {
    Ladder ladder = new Ladder();
    Requester.Pending first = ladder.ask(Request.of(Code.GET, "a"));
    ladder.tokenEnd = 0x21;
    ladder.ask(Request.of(Code.GET, "b"));
    ladder.play("<-- " + GET);
    first.cancel();
    ladder.play("<-- 48 01 ad 7c 0000000000000021 b1 62  CON GET [0xad7c] /b");
    assertThat(ladder.failures).isEmpty();
  }

  @Test
  void tellsAllThatWaitWhenItGivesUp() {
    Ladder ladder = new Ladder();
    for (int i = 0; i < 5; i++) {
      ladder.tokenEnd = i;
      ladder.ask(Request.of(Code.GET, "a"));
    }
    ladder.advance(Duration.ofSeconds(62));
    assertThat(ladder.failures).hasSize(5).containsOnly(Failure.TIMED_OUT);
    ladder.advance(Duration.ofMinutes(5));
    assertThat(ladder.failures).hasSize(5);
    assertThat(ladder.takeSent()).hasSize(5);
  }

  @Test
  void sendsWhatAListenerAsksAnewWhenItIsToldThatTheLastWasLost() {
    Ladder ladder = new Ladder();
    List<Failure> told = new ArrayList<>();
    ladder.endpoint.requester(ladder.peer).send(Request.of(Code.GET, "a"), new Requester.Replies() {
      @Override
      public void response(Response response, io.trivet.coap.CoapPeer from) {
        throw new AssertionError(response);
      }

      @Override
      public void failed(Failure failure) {
        told.add(failure);
        ladder.tokenEnd = 0x77;
        ladder.ask(Request.of(Code.GET, "again"));
      }
    });
    ladder.tokenEnd = 0x21;
    ladder.ask(Request.of(Code.GET, "behind"));
    ladder.advance(Duration.ofSeconds(62));
    assertThat(told).containsExactly(Failure.TIMED_OUT);
    assertThat(ladder.failures).containsExactly(Failure.TIMED_OUT);
    assertThat(ladder.takeSent().getLast()).contains("77b5" + "616761696e");
  }

  @Test
  void dropsWhatWouldWaitBeyondTheLimit() {
    DatagramLimits few = new DatagramLimits(10, 8, 80, 1 << 20, 8, 2, 16, 8);
    Ladder ladder = new Ladder(Transmission.DEFAULT, few);
    for (int i = 0; i < 4; i++) {
      ladder.tokenEnd = i;
      ladder.ask(Request.of(Code.GET, "a"));
    }
    assertThat(ladder.failures).containsExactly(Failure.CLOSED);
    assertThat(ladder.count(Counter.COAP_DROPPED_OUTGOING)).isEqualTo(1);
    assertThat(ladder.takeSent()).hasSize(1);
  }

  @Test
  void waitsForTheResponseOnceAcknowledgedAsLongAsTheExchangeLives() {
    Ladder ladder = new Ladder();
    ladder.ask(Request.of(Code.GET, "a"));
    ladder.play("<-- " + GET + "\n--> 60 00 ad 7b\n... 246 s");
    assertThat(ladder.failures).isEmpty();
    ladder.play("... 1 s");
    assertThat(ladder.failures).containsExactly(Failure.TIMED_OUT);
    ladder.play("""
        --> 48 45 00 01 0000000000000020 ff 78  CON 2.05, too late
        <-- 70 00 00 01                         RST
        """);
  }

  @Test
  void tellsTheFateOfNotifications() {
    Ladder ladder = new Ladder();
    List<Fate> fates = new ArrayList<>();
    Response hot = Response.of(Code.CONTENT);
    ladder.handler = e -> e.respond(hot);
    ladder.play("""
        --> 41 01 00 01 20 60  CON GET, Observe 0
        <-- 61 45 00 01 20     ACK 2.05
        """);
    ladder.exchange().notify(hot, true, fates::add);
    ladder.play("<-- 41 45 ad 7b 20\n--> 60 00 ad 7b");
    assertThat(fates).containsExactly(Fate.ACKNOWLEDGED);
    ladder.exchange().notify(hot, true, fates::add);
    ladder.play("<-- 41 45 ad 7c 20\n--> 70 00 ad 7c");
    assertThat(fates).endsWith(Fate.RESET).hasSize(2);
    ladder.exchange().notify(hot, false, fates::add);
    ladder.play("<-- 51 45 ad 7d 20");
    assertThat(fates).endsWith(Fate.SENT).hasSize(3);
    ladder.play("--> 70 00 ad 7d  RST of the NON: nobody there wants it\n--> 70 00 ad 7d");
    assertThat(fates).endsWith(Fate.RESET).hasSize(4);
    ladder.exchange().notify(hot, true, fates::add);
    ladder.advance(Duration.ofSeconds(62));
    assertThat(fates).endsWith(Fate.TIMED_OUT).hasSize(5);
    ladder.peer.leave();
    ladder.exchange().notify(hot, true, fates::add);
    ladder.exchange().notify(hot, false, fates::add);
    assertThat(fates.subList(5, 7)).containsExactly(Fate.DROPPED, Fate.DROPPED);
  }

  @Test
  void takesADoubledAcknowledgementForNoNotification() {
    Ladder ladder = new Ladder();
    Request observe = Request.of(Code.GET, "a");
    ladder.ask(observe.with(observe.options().with(io.trivet.coap.OptionNumber.OBSERVE, 0)));
    ladder.play("""
        <-- 48 01 ad 7b 0000000000000020 60 51 61
        --> 68 45 ad 7b 0000000000000020 61 01 ff 78  ACK 2.05, Observe 1
        --> 68 45 ad 7b 0000000000000020 61 01 ff 78  the same from the network once more
        --> 58 45 00 09 0000000000000020 61 02 ff 79  NON 2.05, Observe 2
        --> 58 45 00 09 0000000000000020 61 02 ff 79  the same once more
        """);
    assertThat(ladder.responses).hasSize(2);
    ladder.play("... 1000 s");
    assertThat(ladder.failures).isEmpty();
  }

  @Test
  void endsAnObservationWithAnError() {
    Ladder ladder = new Ladder();
    Request observe = Request.of(Code.GET, "a");
    Requester.Pending p =
        ladder.ask(observe.with(observe.options().with(io.trivet.coap.OptionNumber.OBSERVE, 0)));
    ladder.play("""
        <-- 48 01 ad 7b 0000000000000020 60 51 61
        --> 68 45 ad 7b 0000000000000020 61 01 ff 78  ACK 2.05, Observe 1
        --> 48 84 00 09 0000000000000020              CON 4.04
        <-- 60 00 00 09
        --> 48 45 00 0a 0000000000000020 61 03        CON 2.05, Observe 3: over
        <-- 70 00 00 0a
        """);
    p.cancel();
    assertThat(ladder.responses).extracting(Response::code).containsExactly(Code.CONTENT, Code.NOT_FOUND);
  }

  @Test
  void failsWhatWaitsWhenThePeerLeaves() {
    Ladder ladder = new Ladder();
    ladder.ask(Request.of(Code.GET, "a"));
    ladder.tokenEnd = 0x21;
    ladder.ask(Request.of(Code.GET, "b"));
    ladder.tokenEnd = 0x22;
    ladder.ask(Request.of(Code.GET, "c").withConfirmable(false));
    ladder.takeSent();
    ladder.peer.leave();
    ladder.tokenEnd = 0x23;
    ladder.ask(Request.of(Code.GET, "d"));
    assertThat(ladder.failures).hasSize(4).containsOnly(Failure.CLOSED);
    ladder.play("... 300 s");
  }

  @Test
  void acknowledgesNothingToAPeerThatHasLeft() {
    Ladder ladder = new Ladder();
    ladder.play("--> 40 01 00 01");
    ladder.peer.leave();
    ladder.play("... 1 s");
    ladder.exchange().respond(Response.of(Code.CONTENT));
    ladder.play("... 1 s");
  }
}
