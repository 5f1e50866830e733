package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import java.util.Optional;

/// What stands in messages 2 and 3 (RFC 9528, sections 5.3.2 and 5.4.2).
///
/// @param cR of message 2; of message 3 empty
/// @param proof Signature_or_MAC
/// @param ead encoded, as it stands there
/// @param problem why the external data ends the exchange, where it does
record Plaintext(Bytes cR, Cbor.Map idCred, Bytes proof, Bytes ead, Optional<String> problem) {
  static Optional<Plaintext> read(Bytes plaintext, boolean isMessage2) {
    CborReader in = new CborReader(plaintext, CborLimits.STRICT);
    Bytes cR = Bytes.EMPTY;
    if (isMessage2) {
      Optional<Bytes> id = in.next() instanceof CborReader.Read.Item(Cbor item) ? ConnectionId.of(item) : Optional.empty();
      if (id.isEmpty()) {
        return Optional.empty();
      }
      cR = id.get();
    }
    Optional<Cbor.Map> idCred =
        in.next() instanceof CborReader.Read.Item(Cbor item) ? idCred(item) : Optional.empty();
    if (idCred.isEmpty() || !(in.next() instanceof CborReader.Read.Item(Cbor.ByteString(Bytes proof)))) {
      return Optional.empty();
    }
    int at = in.position();
    return Optional.of(new Plaintext(
        cR, idCred.get(), proof, plaintext.slice(at, plaintext.length() - at), Ead.read(in)));
  }

  private static Optional<Cbor.Map> idCred(Cbor item) {
    if (item instanceof Cbor.Map map) {
      // A sole kid must have been sent without its map.
      boolean isSoleKid = map.pairs().size() == 1 && map.at(Credential.KID).isPresent();
      return isSoleKid ? Optional.empty() : Optional.of(map);
    }
    return ConnectionId.of(item).map(kid -> Cbor.map(Cbor.of(Credential.KID), Cbor.of(kid)));
  }
}
