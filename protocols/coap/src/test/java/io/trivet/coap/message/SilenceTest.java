package io.trivet.coap.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.Counter;
import io.trivet.coap.Code;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Groups and clients that want no answer: what stays unsaid, and when the rest is said (RFC 7252, section 8; RFC 7967).
class SilenceTest {
  private static final String TOO_LATE = "... 100 s";
  private final Ladder ladder = new Ladder();

  private void answer(Response r) {
    ladder.handler = e -> e.respond(r);
  }

  @ParameterizedTest
  @CsvSource({"02, 2.05, false", "08, 2.05, true", "08, 4.04, false", "10, 5.00, false", "10, 4.04, true",
      "1a, 2.04, false", "1a, 5.03, false", "00, 2.05, true"})
  void keepsToNoResponse(String wish, String code, boolean said) {
    answer(Response.of(Code.of(Integer.parseInt(code.substring(0, 1)) << 5 | Integer.parseInt(code.substring(2)))));
    String option = wish.equals("00") ? "d0 f5" : "d1 f5 " + wish;
    ladder.receive(ladder.peer, Ladder.bytes("51 03 00 01 20 " + option), false);
    assertThat(ladder.takeSent()).hasSize(said ? 1 : 0);
    ladder.receive(ladder.peer, Ladder.bytes("41 03 00 02 20 " + option), false);
    assertThat(ladder.takeSent()).singleElement().asString().startsWith(said ? "61" : "60000002").hasSize(said ? 10 : 8);
    ladder.play(TOO_LATE);
  }

  @Test
  void answersAnObserverWhateverItWants() {
    answer(Response.of(Code.CONTENT));
    ladder.play("""
        --> 51 01 00 01 20 60 d1 ef 1a  NON GET, Observe 0, No-Response 26
        <-- 51 45 ad 7b 20
        """);
  }

  @Test
  void saysNothingMoreAfterAnAcknowledgementWhereNoResponseIsWanted() {
    ladder.play("""
        --> 41 03 00 01 20 d1 f5 02
        ... 500 ms
        <-- 60 00 00 01
        """);
    ladder.exchange().respond(Response.of(Code.CHANGED));
    ladder.play(TOO_LATE);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 2.4", "1, 4.9"})
  void answersAGroupAtLeisure(double fraction, double seconds) {
    ladder.randomFraction = fraction;
    answer(Response.of(Code.CONTENT));
    ladder.receive(ladder.peer, Ladder.bytes("51 01 00 01 20"), true);
    assertThat(ladder.takeSent()).isEmpty();
    ladder.advance(Duration.ofMillis((long) (seconds * 1_000)));
    if (fraction > 0) {
      assertThat(ladder.takeSent()).isEmpty();
      ladder.advance(Duration.ofMillis(150));
    }
    assertThat(ladder.takeSent()).containsExactly("5145ad7b20");
  }

  @Test
  void leavesErrorsUnsaidToAGroup() {
    answer(Response.of(Code.NOT_FOUND));
    ladder.play("=>> 51 01 00 01 20\n" + TOO_LATE);
    assertThat(ladder.exchanges).hasSize(1);
  }

  @Test
  void saysErrorsToAGroupThatAsksForThem() {
    answer(Response.of(Code.NOT_FOUND));
    ladder.receive(ladder.peer, Ladder.bytes("51 01 00 01 20 d1 f5 02"), true);
    ladder.advance(Duration.ofSeconds(6));
    assertThat(ladder.takeSent()).containsExactly("5184ad7b20");
  }

  @Test
  void takesNothingConfirmableFromAGroup() {
    ladder.play("""
        =>> 41 01 00 01 20   a CON that no group may get
        =>> 40 00 00 02      a ping
        =>> 41 01 00 03      a broken one
        =>> 51 01 00 04      another, NON
        """ + TOO_LATE);
    assertThat(ladder.exchanges).isEmpty();
    assertThat(ladder.count(Counter.COAP_MALFORMED)).isEqualTo(4);
  }

  @Test
  void countsWhatWaitsForItsLeisureAsUnderWay() {
    answer(Response.of(Code.CONTENT));
    ladder.randomFraction = 1;
    for (int i = 0; i < 200; i++) {
      ladder.receive(ladder.peer, new byte[] {0x50, 1, 0, (byte) i}, true);
    }
    assertThat(ladder.loop.timers().size()).isEqualTo(DatagramLimits.DEFAULT.underWayPerPeer());
    ladder.advance(Duration.ofSeconds(6));
    assertThat(ladder.takeSent()).hasSize(DatagramLimits.DEFAULT.underWayPerPeer());
    ladder.receive(ladder.peer, new byte[] {0x50, 1, 1, 1}, true);
    assertThat(ladder.loop.timers().size()).isEqualTo(1);
  }

  @Test
  void takesTheAnswersOfAGroupFromAllItsMembersUntilTheTimeIsUp() {
    Requester.Pending p = ladder.endpoint.groupRequester(ladder.peer)
        .send(Request.of(Code.GET, "a"), ladder.replies());
    assertThat(ladder.takeSent()).containsExactly("5801ad7b0000000000000020b161");
    for (int port = 1; port <= 3; port++) {
      DatagramPeer member = ladder.peer(port);
      ladder.receive(member, Ladder.bytes("58 45 00 01 0000000000000020 ff 78"), false);
      ladder.receive(member, Ladder.bytes("58 45 00 01 0000000000000020 ff 78"), false);
    }
    assertThat(ladder.responses).hasSize(3);
    ladder.advance(Duration.ofSeconds(145));
    assertThat(ladder.failures).containsExactly(Requester.Failure.TIMED_OUT);
    p.cancel();
    ladder.play("""
        --> 58 45 00 09 0000000000000020 ff 78  too late
        <-- 70 00 00 09
        """);
  }

  @Test
  void answersBadOptionToBothKindsOfRequest() {
    ladder.play("""
        --> 41 01 00 01 20 30                                        CON GET with an empty Uri-Host
        <-- 61 82 00 01 20 ff 6f7074696f6e203320627265616b73206974732064656669\
        6e6974696f6e  ACK 4.02
        --> 51 01 00 02 20 30                                        NON GET the same
        <-- 51 82 ad 7b 20 ff 6f7074696f6e203320627265616b73206974732064656669\
        6e6974696f6e  NON 4.02
        """);
    assertThat(ladder.exchanges).isEmpty();
  }
}
