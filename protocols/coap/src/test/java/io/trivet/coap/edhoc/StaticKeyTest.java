package io.trivet.coap.edhoc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.KeyClaims;
import io.trivet.base.Randomness;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StaticKeyTest {
  private static final Randomness RANDOM = new Random(5)::nextBytes;

  private static StaticKey key(KeyClaims.Curve curve, String kid) {
    return StaticKey.generate(curve, "someone", Bytes.hex(kid), RANDOM);
  }

  private static Credentials trusting(StaticKey key, String whose) {
    return (id, wanted) -> wanted != key.claims().curve() ? Optional.empty()
        : StaticKey.named(id, key.claims().toCbor().encoded()).map(c -> new Credentials.Trusted(c, whose));
  }

  @ParameterizedTest
  @EnumSource
  void provesBothEndsOnEveryCurve(KeyClaims.Curve curve) {
    StaticKey device = key(curve, "a1b2");
    StaticKey server = key(curve, "00");
    Method method = StaticKey.methodFor(curve);
    Suite suite = StaticKey.suiteFor(curve);
    assertThat(StaticKey.curveFor(method, suite)).isEqualTo(curve);

    Initiator.Started started = Initiator.start(method, List.of((long) suite.number()), device.identity(),
        trusting(server, "server"), Bytes.hex("01"), RANDOM);
    var responder = new Responder(List.of(Suite.values()), (_, _) -> Optional.of(server.identity()), trusting(device, "lamp"));
    if (!(responder.receive(started.message(), _ -> Bytes.hex("aabb"), RANDOM)
            instanceof Outcome.Next<Responder.AwaitMessage3>(Bytes message2, Responder.AwaitMessage3 awaiting))
        || !(started.state().receive(message2)
            instanceof Outcome.Next<Initiator.AwaitMessage4>(Bytes message3, Initiator.AwaitMessage4 last))
        || !(awaiting.receive(message3)
            instanceof Outcome.Next<Responder.Finished>(Bytes message4, Responder.Finished finished))) {
      throw new AssertionError("not agreed on " + curve);
    }
    assertThat(finished.session().peer()).isEqualTo("lamp");
    assertThat(last.receive(message4)).hasValueSatisfying(s -> assertThat(s.oscore().keys(Optional.empty()).toString())
        .isNotEmpty());
    assertThat(last.receive(message4).orElseThrow().exported(99, Bytes.EMPTY, 16))
        .isEqualTo(finished.session().exported(99, Bytes.EMPTY, 16));
  }

  @Test
  void neverTakesAKeyForSignaturesAsOneForAgreement() {
    StaticKey signing = key(KeyClaims.Curve.ED25519, "a1b2");
    StaticKey server = key(KeyClaims.Curve.X25519, "00");
    Initiator.Started started = Initiator.start(Method.STATIC_KEYS, List.of(0L), signing.identity(),
        trusting(server, "server"), Bytes.hex("01"), RANDOM);
    var responder = new Responder(List.of(Suite.S0), (_, _) -> Optional.of(server.identity()), trusting(signing, "lamp"));
    if (!(responder.receive(started.message(), _ -> Bytes.hex("aabb"), RANDOM)
            instanceof Outcome.Next<Responder.AwaitMessage3>(Bytes message2, Responder.AwaitMessage3 awaiting))
        || !(started.state().receive(message2)
            instanceof Outcome.Next<Initiator.AwaitMessage4>(Bytes message3, Initiator.AwaitMessage4 _))) {
      throw new AssertionError("message 3 was not reached");
    }
    assertThat(awaiting.receive(message3)).isEqualTo(new Outcome.Failed<>(new EdhocError.UnknownCredential()));
  }

  @Test
  void findsClaimsByKidAndByTheirWholeText() {
    StaticKey key = key(KeyClaims.Curve.P256, "a1b2");
    Bytes claims = key.claims().toCbor().encoded();

    assertThat(StaticKey.named(Cbor.map(Cbor.of(4), Cbor.of(Bytes.hex("a1b2"))), claims)).isPresent();
    assertThat(StaticKey.named(Cbor.map(Cbor.of(14), key.claims().toCbor()), claims)).isPresent();
    assertThat(StaticKey.named(Cbor.map(Cbor.of(4), Cbor.of(Bytes.hex("a1b3"))), claims)).isEmpty();
    Cbor.Map others = key(KeyClaims.Curve.P256, "a1b2").claims().toCbor();
    assertThat(StaticKey.named(Cbor.map(Cbor.of(14), others), claims)).isEmpty();
    assertThat(StaticKey.kidOf(Cbor.map(Cbor.of(14), others))).contains(Bytes.hex("a1b2"));
    assertThat(StaticKey.kidOf(Cbor.map(Cbor.of(33), Cbor.of(1)))).isEmpty();
  }

  @Test
  void refusesHalvesThatDoNotBelongTogetherAndShowsNoKey() {
    StaticKey one = key(KeyClaims.Curve.P256, "01");
    StaticKey other = key(KeyClaims.Curve.P256, "01");

    assertThatThrownBy(() -> new StaticKey(one.privateKey(), other.claims())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StaticKey.of(KeyClaims.Curve.P256, Bytes.wrap(new byte[32]), "x", Bytes.hex("01")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(one.toString()).doesNotContain(one.privateKey().toString());
  }
}
