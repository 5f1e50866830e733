package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.util.List;
import java.util.Optional;

/// The end that sends message 1 (RFC 9528, section 5). Each step is a value; nothing changes.
public final class Initiator {
  private Initiator() {}

  /// @param message to be sent
  public record Started(Bytes message, AwaitMessage2 state) {}

  /// @param offered numbers of suites in the order of preference up to the one used, which stands last; those before it
  ///     are known not to be had
  /// @param cI chosen so that no other open session or context of ours has it
  public static Started start(
      Method method, List<Long> offered, Identity self, Credentials trusted, Bytes cI, Randomness randomness) {
    Suite suite = Suite.of(offered.getLast())
        .orElseThrow(() -> new IllegalArgumentException("suite " + offered.getLast() + " is not here"));
    Bytes x = suite.curve().privateKey(randomness);
    CborWriter out = new CborWriter().integer(method.number());
    if (offered.size() > 1) {
      out.array(offered.size());
    }
    offered.forEach(out::integer);
    Bytes message = out.bytes(suite.curve().publicKey(x)).raw(ConnectionId.encoded(cI)).bytes();
    return new Started(message, new AwaitMessage2(method, suite, self, trusted, cI, x, message));
  }

  /// Message 1 is sent.
  public static final class AwaitMessage2 {
    private final Method method;
    private final Suite suite;
    private final Identity self;
    private final Credentials trusted;
    private final Bytes cI;
    private final Bytes x;
    private final Bytes message1;

    private AwaitMessage2(
        Method method, Suite suite, Identity self, Credentials trusted, Bytes cI, Bytes x, Bytes message1) {
      this.method = method;
      this.suite = suite;
      this.self = self;
      this.trusted = trusted;
      this.cI = cI;
      this.x = x;
      this.message1 = message1;
    }

    /// @return message 3 to be sent and what is to be known then
    public Outcome<AwaitMessage4> receive(Bytes message2) {
      if (!(CborReader.only(message2, CborLimits.STRICT) instanceof CborReader.Read.Item(Cbor.ByteString(Bytes both)))
          || both.length() <= Curve.KEY_BYTES) {
        return Outcome.failed("message 2 is malformed");
      }
      Bytes gY = both.slice(0, Curve.KEY_BYTES);
      Optional<Bytes> gXy = suite.curve().agree(x, gY);
      if (gXy.isEmpty()) {
        return Outcome.failed("message 2 has no usable key");
      }
      Bytes th2 = Schedule.th2(gY, message1);
      Bytes prk2e = Schedule.prk2e(th2, gXy.get());
      Bytes plaintext2 = Schedule.crypt2(prk2e, th2, both.slice(Curve.KEY_BYTES, both.length() - Curve.KEY_BYTES));
      Optional<Plaintext> parsed = Plaintext.read(plaintext2, true);
      if (parsed.isEmpty()) {
        return Outcome.failed("message 2 does not decrypt");
      }
      Plaintext p = parsed.get();
      if (p.cR().equals(cI) || p.cR().length() > ConnectionId.BYTES_MAX) {
        return Outcome.failed("the connection id is ours, or too long for OSCORE");
      }
      Optional<Credentials.Trusted> peer = trusted.find(p.idCred(), StaticKey.curveFor(method, suite));
      if (peer.isEmpty() || peer.get().credential().value().equals(self.credential().value())) {
        return new Outcome.Failed<>(new EdhocError.UnknownCredential());
      }
      Credential r = peer.get().credential();
      Optional<Bytes> gRx = method.isSigned() ? Optional.of(Bytes.EMPTY) : suite.curve().agree(x, r.publicKey());
      if (gRx.isEmpty()) {
        return Outcome.failed("the credential has no usable key");
      }
      Bytes prk3e2m = method.isSigned() ? prk2e : Schedule.prk3e2m(prk2e, th2, gRx.get());
      Schedule.Covered covered = new Schedule.Covered(
          ConnectionId.encoded(p.cR()), p.idCred().encoded(), th2, r.value(), p.ead());
      if (!Schedule.proves(Schedule.Proof.OF_RESPONDER, suite, method, prk3e2m, covered, r.publicKey(), p.proof())) {
        return Outcome.failed("message 2 does not verify");
      }
      if (p.problem().isPresent()) {
        return Outcome.failed(p.problem().get());
      }
      return message3(prk3e2m, Schedule.following(th2, plaintext2, r.value()), gY, p.cR(), peer.get().device());
    }

    private Outcome<AwaitMessage4> message3(Bytes prk3e2m, Bytes th3, Bytes gY, Bytes cR, String peer) {
      // Agreement with gY came out well before, with the ephemeral key; a static one can fail only where that one would.
      Bytes prk4e3m = method.isSigned() ? prk3e2m
          : Schedule.prk4e3m(prk3e2m, th3, suite.curve().agree(self.privateKey(), gY).orElseThrow());
      Credential i = self.credential();
      Schedule.Covered covered =
          new Schedule.Covered(Bytes.EMPTY, i.id().encoded(), th3, i.value(), Bytes.EMPTY);
      Bytes proof = Schedule.proof(Schedule.Proof.OF_INITIATOR, suite, method, prk4e3m, covered, self);
      Bytes plaintext3 = Hash.joined(i.compactId(), Cbor.of(proof).encoded());
      Bytes message3 = Cbor.of(Schedule.seal3(suite, prk3e2m, th3, plaintext3)).encoded();
      Bytes th4 = Schedule.following(th3, plaintext3, i.value());
      EdhocSession session = EdhocSession.of(suite, prk4e3m, th4, cI, cR, peer);
      return new Outcome.Next<>(message3, new AwaitMessage4(suite, prk4e3m, th4, cR, session));
    }
  }

  /// Message 3 is sent. The responder knows us once it has it; that it does we know by message 4, or by the first thing
  /// protected with the keys of the session.
  public static final class AwaitMessage4 {
    private final Suite suite;
    private final Bytes prk4e3m;
    private final Bytes th4;
    private final Bytes cR;
    private final EdhocSession session;

    private AwaitMessage4(Suite suite, Bytes prk4e3m, Bytes th4, Bytes cR, EdhocSession session) {
      this.suite = suite;
      this.prk4e3m = prk4e3m;
      this.th4 = th4;
      this.cR = cR;
      this.session = session;
    }

    /// The responder's connection id, encoded: what stands before message 3 over CoAP (appendix A.2.1).
    public Bytes prefix() {
      return ConnectionId.encoded(cR);
    }

    public EdhocSession session() {
      return session;
    }

    /// @return the session, confirmed; empty where message 4 does not verify
    public Optional<EdhocSession> receive(Bytes message4) {
      if (!(CborReader.only(message4, CborLimits.STRICT) instanceof CborReader.Read.Item(Cbor.ByteString(Bytes sealed)))) {
        return Optional.empty();
      }
      return Schedule.open4(suite, prk4e3m, th4, sealed)
          .filter(p -> Ead.read(new CborReader(p, CborLimits.STRICT)).isEmpty())
          .map(_ -> session);
    }
  }
}
