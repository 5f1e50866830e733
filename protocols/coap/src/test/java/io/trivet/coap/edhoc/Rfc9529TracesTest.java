package io.trivet.coap.edhoc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.trivet.base.Bytes;
import io.trivet.coap.oscore.OscoreSecret;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Rfc9529TracesTest {
  static Stream<Trace> traces() {
    return Stream.of(Trace.SECTION_2, Trace.SECTION_3);
  }

  static <S> Outcome.Next<S> next(Outcome<S> outcome) {
    if (outcome instanceof Outcome.Next<S> n) {
      return n;
    }
    throw new AssertionError(outcome);
  }

  @ParameterizedTest
  @MethodSource("traces")
  void bothEndsSendWhatTheTraceSays(Trace trace) {
    Initiator.Started started = trace.start();
    assertEquals(hex(trace.message1()), hex(started.message()));
    Outcome.Next<Responder.AwaitMessage3> two = next(trace.respond(trace.message1()));
    assertEquals(hex(trace.message2()), hex(two.message()));
    Outcome.Next<Initiator.AwaitMessage4> three = next(started.state().receive(trace.message2()));
    assertEquals(hex(trace.message3()), hex(three.message()));
    assertEquals(ConnectionId.encoded(trace.cR()), three.state().prefix());
    Outcome.Next<Responder.Finished> four = next(two.state().receive(trace.message3()));
    assertEquals(hex(trace.message4()), hex(four.message()));
    EdhocSession confirmed = three.state().receive(trace.message4()).orElseThrow();
    for (EdhocSession s : List.of(confirmed, four.state().session())) {
      assertEquals(trace.prkOut(), s.prkOut());
      assertEquals(trace.oscoreSecret(), s.exported(0, Bytes.EMPTY, 16));
      assertEquals(trace.oscoreSalt(), s.exported(1, Bytes.EMPTY, 8));
      assertEquals("pump-7", s.peer());
    }
    OscoreSecret initiator = confirmed.oscore();
    OscoreSecret responder = four.state().session().oscore();
    assertEquals(trace.cR(), initiator.senderId());
    assertEquals(trace.cI(), initiator.recipientId());
    assertEquals(trace.cI(), responder.senderId());
    assertEquals(trace.cR(), responder.recipientId());
  }

  private static String hex(Bytes b) {
    return java.util.HexFormat.of().formatHex(b.toArray());
  }

  @Test
  void updatesKeysAsSection3Says() {
    EdhocSession updated = next(next(Trace.SECTION_3.respond(Trace.SECTION_3.message1())).state()
        .receive(Trace.SECTION_3.message3())).state().session().updated(Bytes.hex("a01158fdb820890cd6be169602b8bcea"));
    assertEquals(Bytes.hex("f979537743fe0bd6b9b141ddbd79656c52e6dc7c50ad807754d74d07e87d0d16"), updated.prkOut());
    assertEquals(Bytes.hex("49f72fac02b4658bda21e2dac66fc374"), updated.exported(0, Bytes.EMPTY, 16));
    assertEquals(Bytes.hex("dd8b24f2aa9b011a"), updated.exported(1, Bytes.EMPTY, 8));
  }

  @ParameterizedTest
  @MethodSource("traces")
  void neitherEndFinishesAfterAnyByteWasTamperedWith(Trace trace) {
    Responder.AwaitMessage3 responder = next(trace.respond(trace.message1())).state();
    Initiator.Started started = trace.start();
    for (int i = 0; i < trace.message1().length(); i++) {
      Outcome<Responder.AwaitMessage3> two = trace.respond(altered(trace.message1(), i));
      if (two instanceof Outcome.Next<Responder.AwaitMessage3>(Bytes message2, _)) {
        assertInstanceOf(Outcome.Failed.class, started.state().receive(message2), "byte " + i + " of message 1");
      }
    }
    for (int i = 0; i < trace.message2().length(); i++) {
      assertInstanceOf(Outcome.Failed.class, started.state().receive(altered(trace.message2(), i)), "byte " + i);
    }
    for (int i = 0; i < trace.message3().length(); i++) {
      assertInstanceOf(Outcome.Failed.class, responder.receive(altered(trace.message3(), i)), "byte " + i);
    }
    Initiator.AwaitMessage4 last = next(started.state().receive(trace.message2())).state();
    for (int i = 0; i < trace.message4().length(); i++) {
      assertFalse(last.receive(altered(trace.message4(), i)).isPresent(), "byte " + i);
    }
  }

  static Bytes altered(Bytes message, int at) {
    byte[] b = message.toArray();
    b[at] ^= 1;
    return Bytes.wrap(b);
  }
}
