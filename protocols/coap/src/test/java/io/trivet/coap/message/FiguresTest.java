package io.trivet.coap.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The figures of RFC 7252 that show messages on their way, each with its own numbers. Trivet's tokens always have eight
/// bytes, so where it asks they end as the figure's token does.
class FiguresTest {
  private static final Response WARM = new Response(Code.CONTENT, Options.NONE, Bytes.utf8("22.3 C"));

  private final Ladder ladder = new Ladder();

  private void answersAtOnce(Response r) {
    ladder.handler = e -> e.respond(r);
  }

  private DatagramPeer server = ladder.peer;

  /// Trivet asks a server whose first message id and token are the figure's.
  private void askTemperature(int messageId, int tokenEnd, boolean confirmable) {
    ladder.messageId = messageId;
    ladder.tokenEnd = tokenEnd;
    server = ladder.peer(5_683);
    ladder.endpoint.requester(server)
        .send(Request.of(Code.GET, "temperature").withConfirmable(confirmable), ladder.replies());
  }

  private void toClient(String step) {
    ladder.receive(server, Ladder.bytes(step), false);
  }

  // --- section 2 ----------------------------------------------------------------------------------------------------

  @Test
  void figure2ReliableMessageTransmission() {
    answersAtOnce(Response.of(Code.CHANGED));
    ladder.play("""
        --> 40 03 7d 34  CON PUT [0x7d34]
        <-- 60 44 7d 34  ACK 2.04 [0x7d34]
        """);
  }

  @Test
  void figure3UnreliableMessageTransmission() {
    ladder.play("--> 50 03 01 a0  NON PUT [0x01a0], answered later, acknowledged never");
    ladder.play("... 10 s");
    assertThat(ladder.exchanges).hasSize(1);
  }

  @Test
  void figure4GetRequestsWithPiggybackedResponses() {
    ladder.handler = e -> e.respond(e.token().equals(Bytes.hex("71")) ? WARM : Response.of(Code.NOT_FOUND, "Not found"));
    ladder.play("""
        --> 41 01 bc 90 71 bb 74656d7065726174757265                CON GET [0xbc90] token 0x71 /temperature
        <-- 61 45 bc 90 71 ff 32322e332043                          ACK 2.05 [0xbc90] "22.3 C"
        --> 41 01 bc 91 72 bb 74656d7065726174757265                CON GET [0xbc91] token 0x72 /temperature
        <-- 61 84 bc 91 72 ff 4e6f7420666f756e64                    ACK 4.04 [0xbc91] "Not found"
        """);
  }

  @Test
  void figure5GetRequestWithSeparateResponse() {
    ladder.play("""
        --> 41 01 7a 10 73 bb 74656d7065726174757265  CON GET [0x7a10] token 0x73
        ... 499 ms
        ... 1 ms
        <-- 60 00 7a 10                               ACK [0x7a10]
        """);
    ladder.exchange().respond(WARM);
    ladder.play("""
        <-- 41 45 ad 7b 73 ff 32322e332043            CON 2.05 [0xad7b] token 0x73
        --> 60 00 ad 7b                               ACK [0xad7b]
        ... 100 s
        """);
  }

  @Test
  void figure6NonConfirmableRequestAndResponse() {
    answersAtOnce(WARM);
    ladder.play("""
        --> 51 01 7a 11 74 bb 74656d7065726174757265  NON GET [0x7a11] token 0x74
        <-- 51 45 ad 7b 74 ff 32322e332043            NON 2.05 [0xad7b] token 0x74
        ... 100 s
        """);
  }

  // --- appendix A, Trivet serves ------------------------------------------------------------------------------------

  @Test
  void figure16ConfirmableRequestPiggybackedResponse() {
    answersAtOnce(WARM);
    ladder.play("""
        --> 40 01 7d 34 bb 74656d7065726174757265  CON GET [0x7d34] /temperature
        <-- 60 45 7d 34 ff 32322e332043            ACK 2.05 [0x7d34] "22.3 C"
        """);
  }

  @Test
  void figure17WithAToken() {
    answersAtOnce(WARM);
    ladder.play("""
        --> 41 01 7d 35 20 bb 74656d7065726174757265  CON GET [0x7d35] token 0x20
        <-- 61 45 7d 35 20 ff 32322e332043            ACK 2.05 [0x7d35] token 0x20
        """);
  }

  @Test
  void figure19AcknowledgementLost() {
    answersAtOnce(WARM);
    ladder.play("""
        --> 41 01 7d 37 42 bb 74656d7065726174757265  CON GET [0x7d37] token 0x42
        <-- 61 45 7d 37 42 ff 32322e332043            ACK 2.05, lost
        ... 2 s
        --> 41 01 7d 37 42 bb 74656d7065726174757265  CON GET again
        <-- 61 45 7d 37 42 ff 32322e332043            the same ACK again
        """);
    assertThat(ladder.exchanges).hasSize(1);
    assertThat(ladder.count(Counter.COAP_DUPLICATES)).isEqualTo(1);
  }

  @Test
  void figure20SeparateResponseOfWhichTheFirstIsLost() {
    ladder.play("""
        --> 41 01 7d 38 53 bb 74656d7065726174757265  CON GET [0x7d38] token 0x53
        ... 500 ms
        <-- 60 00 7d 38                               ACK [0x7d38], lost
        ... 1500 ms
        --> 41 01 7d 38 53 bb 74656d7065726174757265  CON GET again
        <-- 60 00 7d 38                               ACK [0x7d38] again
        """);
    ladder.exchange().respond(WARM);
    ladder.play("""
        <-- 41 45 ad 7b 53 ff 32322e332043            CON 2.05 [0xad7b], lost
        ... 2 s
        <-- 41 45 ad 7b 53 ff 32322e332043            CON 2.05 [0xad7b] again
        --> 60 00 ad 7b                               ACK [0xad7b]
        ... 100 s
        """);
    assertThat(ladder.exchanges).hasSize(1);
  }

  @Test
  void figure22NonConfirmableRequestNonConfirmableResponse() {
    ladder.messageId = 0xad7d;
    answersAtOnce(WARM);
    DatagramPeer p = ladder.peer(40_001);
    ladder.receive(p, Ladder.bytes("51 01 7d 40 75 bb 74656d7065726174757265"), false);
    assertThat(ladder.takeSent()).containsExactly("5145ad7d75ff32322e332043");
  }

  @Test
  void figure24NonConfirmableMulticastRequest() {
    answersAtOnce(new Response(Code.CONTENT, Options.NONE, Bytes.utf8("20.9 C")));
    ladder.randomFraction = 0.5;
    ladder.play("""
        =>> 51 01 7d 42 97 bb 74656d7065726174757265  NON GET [0x7d42] token 0x97 to the group
        ... 2 s
        """);
    ladder.advance(Duration.ofSeconds(1));
    ladder.play("<-- 51 45 ad 7b 97 ff 32302e392043           NON 2.05 [0xad7b] token 0x97");
  }

  // --- appendix A, Trivet asks --------------------------------------------------------------------------------------

  @Test
  void figure18RequestLost() {
    askTemperature(0x7d36, 0x31, true);
    ladder.play("""
        <-- 48 01 7d 36 0000000000000031 bb 74656d7065726174757265  CON GET [0x7d36], lost
        ... 1999 ms
        ... 1 ms
        <-- 48 01 7d 36 0000000000000031 bb 74656d7065726174757265  CON GET [0x7d36] again
        """);
    toClient("68 45 7d 36 0000000000000031 ff 32322e332043");
    ladder.play("... 300 s");
    assertThat(ladder.responses).containsExactly(WARM);
    assertThat(ladder.failures).isEmpty();
  }

  @Test
  void figure20SeparateResponseOnceOnly() {
    askTemperature(0x7d38, 0x53, true);
    ladder.play("<-- 48 01 7d 38 0000000000000053 bb 74656d7065726174757265  CON GET [0x7d38]");
    toClient("60 00 7d 38");
    ladder.play("... 20 s");
    toClient("48 45 ad 7b 0000000000000053 ff 32322e332043");
    ladder.play("<-- 60 00 ad 7b  ACK [0xad7b], lost");
    toClient("48 45 ad 7b 0000000000000053 ff 32322e332043");
    ladder.play("""
        <-- 60 00 ad 7b  the same ACK again
        ... 300 s
        """);
    assertThat(ladder.responses).containsExactly(WARM);
    assertThat(ladder.failures).isEmpty();
  }

  @Test
  void figure21SeparateResponseWithoutAcknowledgementOfTheRequest() {
    askTemperature(0x7d39, 0x64, true);
    ladder.play("<-- 48 01 7d 39 0000000000000064 bb 74656d7065726174757265  CON GET [0x7d39]; its ACK is lost");
    toClient("48 45 ad 7c 0000000000000064 ff 32322e332043");
    ladder.play("""
        <-- 60 00 ad 7c  ACK [0xad7c]
        ... 300 s
        """);
    assertThat(ladder.responses).containsExactly(WARM);
  }

  @Test
  void figure22Asking() {
    askTemperature(0x7d40, 0x75, false);
    ladder.play("<-- 58 01 7d 40 0000000000000075 bb 74656d7065726174757265  NON GET [0x7d40]");
    toClient("58 45 ad 7d 0000000000000075 ff 32322e332043");
    ladder.play("... 300 s");
    assertThat(ladder.responses).containsExactly(WARM);
    assertThat(ladder.failures).isEmpty();
  }

  @Test
  void figure23NonConfirmableRequestConfirmableResponse() {
    askTemperature(0x7d41, 0x86, false);
    ladder.play("<-- 58 01 7d 41 0000000000000086 bb 74656d7065726174757265  NON GET [0x7d41]");
    toClient("48 45 ad 7e 0000000000000086 ff 32322e332043");
    ladder.play("<-- 60 00 ad 7e  ACK [0xad7e]");
    assertThat(ladder.responses).containsExactly(WARM);
  }

  // --- section 4 in words -------------------------------------------------------------------------------------------

  @Test
  void answersAPingWithAReset() {
    ladder.play("""
        --> 40 00 13 57  CON, empty
        <-- 70 00 13 57  RST
        --> 50 00 13 58  NON, empty: no reply
        """);
  }

  @Test
  void rejectsCodesThatMeanNothingHere() {
    ladder.play("""
        --> 40 e1 00 01  CON 7.01, which belongs to streams
        <-- 70 00 00 01  RST
        --> 40 20 00 02  CON 1.00, a reserved class
        <-- 70 00 00 02  RST
        --> 50 c5 00 03  NON 6.05
        --> 60 01 00 04  ACK with a request
        --> 70 01 00 05  RST with a request
        """);
    assertThat(ladder.exchanges).isEmpty();
  }

  @Test
  void rejectsWhatItDidNotAskFor() {
    ladder.play("""
        --> 41 45 00 07 99 ff 78  CON 2.05 with a token nobody gave
        <-- 70 00 00 07           RST
        --> 51 45 00 08 99 ff 78  NON 2.05 the same
        <-- 70 00 00 08           RST, so that an observation ends
        =>> 51 45 00 09 99 ff 78  NON 2.05 to a group: no reply, or all members would
        --> 61 45 00 0a 99 ff 78  ACK that nobody waits for
        """);
  }

  @Test
  void resetsEndARequestAtOnce() {
    askTemperature(0x7d36, 0x31, true);
    ladder.takeSent();
    toClient("70 00 7d 36");
    ladder.play("... 300 s");
    assertThat(ladder.failures).containsExactly(Requester.Failure.RESET);
  }

  @Test
  void resetsEndANonConfirmableRequestToo() {
    askTemperature(0x7d36, 0x31, false);
    ladder.takeSent();
    toClient("70 00 7d 36");
    ladder.play("... 300 s");
    assertThat(ladder.failures).containsExactly(Requester.Failure.RESET);
  }

  @Test
  void takesNoPiggybackedResponseOfAnotherMessage() {
    askTemperature(0x7d36, 0x31, true);
    ladder.takeSent();
    toClient("68 45 7d 37 0000000000000031 ff 78");
    assertThat(ladder.responses).isEmpty();
    toClient("68 45 7d 36 0000000000000031 ff 32322e332043");
    assertThat(ladder.responses).containsExactly(WARM);
  }

  @Test
  void refusesResponsesWithCriticalOptionsThatItDoesNotKnow() {
    askTemperature(0x7d36, 0x31, true);
    ladder.takeSent();
    toClient("60 00 7d 36");
    toClient("48 45 00 01 0000000000000031 d1 fe 00");
    ladder.play("<-- 70 00 00 01  RST: option 267 is critical (section 5.4.1)");
    assertThat(ladder.failures).containsExactly(Requester.Failure.BROKEN);
    assertThat(ladder.responses).isEmpty();
  }
}
