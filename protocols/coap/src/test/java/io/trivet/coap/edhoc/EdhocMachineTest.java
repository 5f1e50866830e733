package io.trivet.coap.edhoc;

import static io.trivet.coap.edhoc.Rfc9529TracesTest.next;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.Cbor;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdhocMachineTest {
  private static final Randomness RANDOM = new Random(5)::nextBytes;

  /// An identity for a method and suite, with a kid.
  static Identity identity(Method method, Suite suite, String kid) {
    Bytes key = suite.curve().privateKey(RANDOM);
    Bytes open = suite.curve().publicKey(key);
    if (method.isSigned()) {
      open = suite.curve() == Curve.X25519
          ? Bytes.wrap(new org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters(key.toArray(), 0)
              .generatePublicKey().getEncoded())
          : Bytes.wrap(org.bouncycastle.crypto.ec.CustomNamedCurves.getByName("P-256").getG()
              .multiply(new java.math.BigInteger(1, key.toArray())).getEncoded(false));
    }
    Bytes claims = Cbor.map(Cbor.of(2), Cbor.of("x"), Cbor.of(8), Cbor.of(open)).encoded();
    return new Identity(Credential.kid(Bytes.hex(kid), claims, open), key);
  }

  @ParameterizedTest
  @CsvSource({"SIGNATURES,0", "SIGNATURES,1", "SIGNATURES,2", "SIGNATURES,3", "STATIC_KEYS,0", "STATIC_KEYS,1",
      "STATIC_KEYS,2", "STATIC_KEYS,3"})
  void agreesWithEveryMethodAndSuite(Method method, int number) {
    Suite suite = Suite.of(number).orElseThrow();
    Identity i = identity(method, suite, "0a");
    Identity r = identity(method, suite, "c0ffee");
    Initiator.Started one = Initiator.start(
        method, List.of((long) number), i, Trace.trusting(r), Bytes.hex("0102"), RANDOM);
    Outcome.Next<Responder.AwaitMessage3> two = next(new Responder(List.of(suite), (_, _) -> Optional.of(r),
        Trace.trusting(i)).receive(one.message(), _ -> Bytes.hex("0103"), RANDOM));
    Outcome.Next<Initiator.AwaitMessage4> three = next(one.state().receive(two.message()));
    Outcome.Next<Responder.Finished> four = next(two.state().receive(three.message()));
    EdhocSession a = three.state().receive(four.message()).orElseThrow();
    EdhocSession b = four.state().session();
    assertEquals(a.prkOut(), b.prkOut());
    assertEquals(a.exported(99, Bytes.hex("01"), 40), b.exported(99, Bytes.hex("01"), 40));
    assertEquals(a.oscore().senderId(), b.oscore().recipientId());
    assertFalse(a.toString().contains(a.prkOut().toString()));
  }

  @ParameterizedTest
  @CsvSource({"'0','1,2'", "'6','1,2'", "'1,2','1,2'", "'2,1','1,2'", "'24','1'"})
  void refusesAnotherSuiteThanTheOnePreferredByBoth(String offered, String had) {
    List<Long> suites = java.util.Arrays.stream(offered.split(",")).map(Long::valueOf).toList();
    io.trivet.base.cbor.CborWriter m = new io.trivet.base.cbor.CborWriter().integer(0);
    if (suites.size() > 1) {
      m.array(suites.size());
    }
    suites.forEach(m::integer);
    m.bytes(Trace.SECTION_2.message1().slice(4, 32)).integer(1);
    List<Suite> ours = java.util.Arrays.stream(had.split(",")).map(n -> Suite.of(Long.parseLong(n)).orElseThrow()).toList();
    Outcome<?> outcome = new Responder(ours, (_, _) -> Optional.of(Trace.SECTION_2.responder()), (_, _) -> Optional.empty())
        .receive(m.bytes(), _ -> Bytes.hex("02"), RANDOM);
    EdhocError error = assertInstanceOf(Outcome.Failed.class, outcome).error();
    assertEquals(new EdhocError.WrongSuite(ours.stream().map(s -> (long) s.number()).toList()), error);
    assertEquals(Optional.of(error), EdhocError.decode(error.encoded()));
  }

  @Test
  void refusesCriticalExternalDataAndPassesOverOther() {
    Bytes plain = Trace.SECTION_2.message1();
    assertInstanceOf(Outcome.Next.class, Trace.SECTION_2.respond(Hash.joined(plain, Ead.item(7, Bytes.hex("01")))));
    assertInstanceOf(Outcome.Next.class, Trace.SECTION_2.respond(Hash.joined(plain, Bytes.hex("00"))));
    assertInstanceOf(Outcome.Failed.class, Trace.SECTION_2.respond(Hash.joined(plain, Ead.item(-7, Bytes.hex("01")))));
    assertInstanceOf(Outcome.Failed.class, Trace.SECTION_2.respond(Hash.joined(plain, Bytes.hex("4101"))));
    assertInstanceOf(Outcome.Failed.class, Trace.SECTION_2.respond(Hash.joined(plain, Bytes.hex("01".repeat(100)))));
  }

  @Test
  void knowsNobodyItWasNotToldOf() {
    Trace t = Trace.SECTION_3;
    Initiator.Started s = Initiator.start(t.method(), List.of(2L), t.initiator(), (_, _) -> Optional.empty(), t.cI(), RANDOM);
    Bytes message2 = next(t.respond(s.message())).message();
    assertEquals(new Outcome.Failed<>(new EdhocError.UnknownCredential()), s.state().receive(message2));
    Responder.AwaitMessage3 r = next(new Responder(List.of(Suite.S2), (_, _) -> Optional.of(t.responder()),
        (_, _) -> Optional.empty()).receive(t.message1(), _ -> t.cR(), target -> t.y().copyTo(target, 0))).state();
    assertEquals(new Outcome.Failed<>(new EdhocError.UnknownCredential()), r.receive(t.message3()));
  }

  @Test
  void refusesItsOwnCredentialReflected() {
    Trace t = Trace.SECTION_3;
    Initiator.Started s =
        Initiator.start(t.method(), List.of(2L), t.responder(), Trace.trusting(t.responder()), t.cI(), RANDOM);
    assertInstanceOf(Outcome.Failed.class, s.state().receive(next(t.respond(s.message())).message()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "00", ""})
  void refusesKeysThatMakeTheSecretKnown(String key) {
    Bytes m = new io.trivet.base.cbor.CborWriter().integer(0).integer(0).bytes(Bytes.hex(key)).integer(1).bytes();
    assertInstanceOf(Outcome.Failed.class, Trace.SECTION_2.respond(m));
  }

  @Test
  void refusesPointsOffTheCurve() {
    int refused = 0;
    for (int i = 0; i < 64; i++) {
      byte[] x = new byte[32];
      RANDOM.fill(x);
      refused += Curve.P256.agree(Trace.SECTION_3.y(), Bytes.wrap(x)).isEmpty() ? 1 : 0;
    }
    assertEquals(32, refused, 16, "about half of all x are on the curve");
    assertEquals(Optional.empty(), Curve.P256.agree(Trace.SECTION_3.y(), Bytes.hex("ff".repeat(32))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "01", "0161", "02", "0280", "0261", "026161", "04f5", "016161 00", "f5", "ff"})
  void readsNoErrorFromWhatIsNone(String hex) {
    assertEquals(Optional.empty(), EdhocError.decode(Bytes.hex(hex)));
  }

  @FuzzTest
  void bearsAnyMessage(byte[] input) {
    Bytes m = Bytes.copyOf(input);
    Trace t = Trace.SECTION_2;
    EdhocError.decode(m);
    Outcome<Responder.AwaitMessage3> two = t.respond(m);
    if (two instanceof Outcome.Failed<Responder.AwaitMessage3>(EdhocError e)
        && !EdhocError.decode(e.encoded()).equals(Optional.of(e))) {
      throw new AssertionError(e);
    }
    if (!m.equals(t.message2()) && t.start().state().receive(m) instanceof Outcome.Next<Initiator.AwaitMessage4>) {
      throw new AssertionError("took another message 2");
    }
    if (!m.equals(t.message3()) && next(t.respond(t.message1())).state().receive(m) instanceof Outcome.Next<Responder.Finished>) {
      throw new AssertionError("took another message 3");
    }
  }

  @Test
  void bearsManyDamagedMessages() {
    Random random = new Random(9);
    for (Bytes whole : List.of(Trace.SECTION_2.message1(), Trace.SECTION_2.message2(), Trace.SECTION_2.message3())) {
      for (int i = 0; i < 60; i++) {
        byte[] b = java.util.Arrays.copyOf(whole.toArray(), 1 + random.nextInt(whole.length()));
        b[random.nextInt(b.length)] = (byte) random.nextInt();
        bearsAnyMessage(b);
      }
    }
  }
}
