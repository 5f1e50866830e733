package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The end that answers message 1 (RFC 9528, section 5). Each step is a value; nothing changes.
///
/// @param suites that we take; no order, the initiator's preference decides
/// @param self what we prove ourselves by with a method and suite, if at all
/// @param trusted whom we know
public record Responder(List<Suite> suites, Identities self, Credentials trusted) {
  private static final int SUITES_MAX = 16;

  public Responder {
    suites = List.copyOf(suites);
  }

  /// What we prove ourselves by.
  @FunctionalInterface
  public interface Identities {
    Optional<Identity> of(Method method, Suite suite);
  }

  private record Message1(Method method, Suite suite, Bytes gX, Bytes cI) {}

  /// @param chooseId draws our connection id, given the initiator's, which it must differ from
  /// @return message 2 to be sent
  public Outcome<AwaitMessage3> receive(
      Bytes message1, Function<Bytes, Bytes> chooseId, Randomness randomness) {
    CborReader in = new CborReader(message1, CborLimits.STRICT);
    if (!(in.next() instanceof CborReader.Read.Item(Cbor.Int(long methodNumber)))
        || !(in.next() instanceof CborReader.Read.Item(Cbor suitesItem))
        || !(in.next() instanceof CborReader.Read.Item(Cbor.ByteString(Bytes gX)))
        || !(in.next() instanceof CborReader.Read.Item(Cbor idItem))) {
      return Outcome.failed("message 1 is malformed");
    }
    Optional<Method> method = Method.of(methodNumber);
    List<Long> offered = suites(suitesItem);
    Optional<Bytes> cI = ConnectionId.of(idItem);
    Optional<String> ead = Ead.read(in);
    if (offered.isEmpty() || cI.isEmpty() || cI.get().length() > ConnectionId.BYTES_MAX) {
      return Outcome.failed("message 1 is malformed");
    }
    if (method.isEmpty()) {
      return Outcome.failed("method " + methodNumber + " is not supported");
    }
    Optional<Suite> suite = selected(offered);
    if (suite.isEmpty()) {
      return new Outcome.Failed<>(new EdhocError.WrongSuite(suites.stream().map(s -> (long) s.number()).toList()));
    }
    if (ead.isPresent()) {
      return Outcome.failed(ead.get());
    }
    Optional<Identity> identity = self.of(method.get(), suite.get());
    if (identity.isEmpty()) {
      return Outcome.failed("no credential for that method and suite");
    }
    return message2(message1, new Message1(method.get(), suite.get(), gX, cI.get()), identity.get(),
        chooseId.apply(cI.get()), suite.get().curve().privateKey(randomness));
  }

  private static List<Long> suites(Cbor item) {
    List<Long> offered = new ArrayList<>();
    if (item instanceof Cbor.Int(long one)) {
      offered.add(one);
    } else if (item instanceof Cbor.Array(List<Cbor> items) && items.size() > 1 && items.size() <= SUITES_MAX) {
      for (Cbor c : items) {
        if (!(c instanceof Cbor.Int(long n))) {
          return List.of();
        }
        offered.add(n);
      }
    }
    return offered;
  }

  /// The last of those offered, if we have it and none that the initiator would rather have (section 6.3).
  private Optional<Suite> selected(List<Long> offered) {
    for (Long n : offered.subList(0, offered.size() - 1)) {
      if (Suite.of(n).filter(suites::contains).isPresent() && !n.equals(offered.getLast())) {
        return Optional.empty();
      }
    }
    return Suite.of(offered.getLast()).filter(suites::contains);
  }

  private Outcome<AwaitMessage3> message2(Bytes message1, Message1 m, Identity identity, Bytes cR, Bytes y) {
    Curve curve = m.suite.curve();
    Optional<Bytes> gXy = curve.agree(y, m.gX);
    Optional<Bytes> gRx = m.method.isSigned() ? gXy : curve.agree(identity.privateKey(), m.gX);
    if (gXy.isEmpty() || gRx.isEmpty()) {
      return Outcome.failed("message 1 has no usable key");
    }
    Bytes gY = curve.publicKey(y);
    Bytes th2 = Schedule.th2(gY, message1);
    Bytes prk2e = Schedule.prk2e(th2, gXy.get());
    Bytes prk3e2m = m.method.isSigned() ? prk2e : Schedule.prk3e2m(prk2e, th2, gRx.get());
    Credential r = identity.credential();
    Schedule.Covered covered =
        new Schedule.Covered(ConnectionId.encoded(cR), r.id().encoded(), th2, r.value(), Bytes.EMPTY);
    Bytes proof = Schedule.proof(Schedule.Proof.OF_RESPONDER, m.suite, m.method, prk3e2m, covered, identity);
    Bytes plaintext2 = Hash.joined(ConnectionId.encoded(cR), r.compactId(), Cbor.of(proof).encoded());
    Bytes message2 = Cbor.of(Hash.joined(gY, Schedule.crypt2(prk2e, th2, plaintext2))).encoded();
    Bytes th3 = Schedule.following(th2, plaintext2, r.value());
    return new Outcome.Next<>(message2, new AwaitMessage3(m, trusted, r, cR, y, prk3e2m, th3));
  }

  /// Who the initiator is, proved.
  public record Finished(EdhocSession session) {}

  /// Message 2 is sent.
  public static final class AwaitMessage3 {
    private final Message1 m;
    private final Credentials trusted;
    private final Credential own;
    private final Bytes cR;
    private final Bytes y;
    private final Bytes prk3e2m;
    private final Bytes th3;

    private AwaitMessage3(
        Message1 m, Credentials trusted, Credential own, Bytes cR, Bytes y, Bytes prk3e2m, Bytes th3) {
      this.m = m;
      this.trusted = trusted;
      this.own = own;
      this.cR = cR;
      this.y = y;
      this.prk3e2m = prk3e2m;
      this.th3 = th3;
    }

    /// The connection id that we chose.
    public Bytes ownId() {
      return cR;
    }

    /// @param message3 without the connection id that stands before it over CoAP
    /// @return message 4, which need not be sent, and the session
    public Outcome<Finished> receive(Bytes message3) {
      if (!(CborReader.only(message3, CborLimits.STRICT) instanceof CborReader.Read.Item(Cbor.ByteString(Bytes sealed)))) {
        return Outcome.failed("message 3 is malformed");
      }
      Optional<Bytes> plaintext3 = Schedule.open3(m.suite, prk3e2m, th3, sealed);
      Optional<Plaintext> parsed = plaintext3.flatMap(p -> Plaintext.read(p, false));
      if (parsed.isEmpty()) {
        return Outcome.failed("message 3 does not decrypt");
      }
      Plaintext p = parsed.get();
      Optional<Credentials.Trusted> peer = trusted.find(p.idCred(), StaticKey.curveFor(m.method, m.suite));
      if (peer.isEmpty() || peer.get().credential().value().equals(own.value())) {
        return new Outcome.Failed<>(new EdhocError.UnknownCredential());
      }
      Credential i = peer.get().credential();
      Optional<Bytes> gIy = m.method.isSigned() ? Optional.of(Bytes.EMPTY) : m.suite.curve().agree(y, i.publicKey());
      if (gIy.isEmpty()) {
        return Outcome.failed("the credential has no usable key");
      }
      Bytes prk4e3m = m.method.isSigned() ? prk3e2m : Schedule.prk4e3m(prk3e2m, th3, gIy.get());
      Schedule.Covered covered =
          new Schedule.Covered(Bytes.EMPTY, p.idCred().encoded(), th3, i.value(), p.ead());
      if (!Schedule.proves(Schedule.Proof.OF_INITIATOR, m.suite, m.method, prk4e3m, covered, i.publicKey(), p.proof())) {
        return Outcome.failed("message 3 does not verify");
      }
      if (p.problem().isPresent()) {
        return Outcome.failed(p.problem().get());
      }
      Bytes th4 = Schedule.following(th3, plaintext3.get(), i.value());
      Bytes message4 = Cbor.of(Schedule.seal4(m.suite, prk4e3m, th4, Bytes.EMPTY)).encoded();
      EdhocSession session = EdhocSession.of(m.suite, prk4e3m, th4, cR, m.cI, peer.get().device());
      return new Outcome.Next<>(message4, new Finished(session));
    }
  }
}
