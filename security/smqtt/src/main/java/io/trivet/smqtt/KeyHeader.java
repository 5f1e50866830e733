package io.trivet.smqtt;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.util.Optional;

/// A content key on its way: a COSE_Sign1 (RFC 9052, section 4.2) with the sender's Ed25519 signature over a
/// deterministic map.
///
/// @param map the map as it is signed
/// @param kid the map's SHA-256; messages carry its first bytes
/// @param signature 64 bytes
record KeyHeader(Terms terms, Bytes ciphertext, Bytes map, Bytes kid, Bytes signature) {
  static final int BYTES_MAX = 32_768;
  static final int SIGNATURE_BYTES = 64;

  private static final long COSE_SIGN1 = 18;
  private static final CborLimits LIMITS = new CborLimits(4, 64, true);
  private static final Bytes PROTECTED = Bytes.hex("a10127");
  private static final Bytes EXTERNAL = Bytes.utf8("SMQTT 1 key header");
  private static final Cbor NOTHING = Cbor.Simple.UNDEFINED;

  static KeyHeader signed(Terms terms, Bytes ciphertext, SenderKey key) {
    Bytes map = terms.encoded(ciphertext);
    return new KeyHeader(terms, ciphertext, map, Bytes.wrap(Hashes.sha256(map.toArray())),
        Bytes.wrap(key.sign(toBeSigned(map))));
  }

  String sender() {
    return terms.sender();
  }

  boolean verifies(Sender claimed) {
    return claimed.verifies(toBeSigned(map), signature.toArray(), 0);
  }

  Bytes encoded() {
    return new Cbor.Tagged(COSE_SIGN1,
            Cbor.array(Cbor.of(PROTECTED), Cbor.map(), Cbor.of(map), Cbor.of(signature)))
        .encoded();
  }

  private static byte[] toBeSigned(Bytes map) {
    return new CborWriter().array(4).text("Signature1").bytes(PROTECTED).bytes(EXTERNAL).bytes(map).bytes().toArray();
  }

  /// @return invalid with a [Refusal]'s name as its rule
  static Parsed<KeyHeader> parse(byte[] input) {
    if (input.length > BYTES_MAX) {
      return bad(Refusal.TOO_LARGE, input.length + " bytes, at most " + BYTES_MAX + " are read");
    }
    Cbor item;
    switch (CborReader.only(Bytes.copyOf(input), LIMITS)) {
      case CborReader.Read.Item(Cbor read) -> item = read;
      case CborReader.Read.Broken(String what) -> {
        return bad(Refusal.MALFORMED, what);
      }
      case CborReader.Read.End _ -> {
        return bad(Refusal.NOT_SEALED, "nothing");
      }
    }
    if (!(item instanceof Cbor.Tagged(long tag, Cbor.Array(var parts))) || tag != COSE_SIGN1 || parts.size() != 4) {
      return bad(Refusal.NOT_SEALED, "no COSE_Sign1");
    }
    if (!parts.get(0).equals(Cbor.of(PROTECTED)) || !parts.get(1).equals(Cbor.map())
        || !(parts.get(2) instanceof Cbor.ByteString(Bytes map))
        || !(parts.get(3) instanceof Cbor.ByteString(Bytes signature)) || signature.length() != SIGNATURE_BYTES) {
      return bad(Refusal.MALFORMED, "headers other than alg EdDSA, or no payload, or no signature of 64 bytes");
    }
    return switch (CborReader.only(map, LIMITS)) {
      case CborReader.Read.Item(Cbor.Map fields) -> read(fields, map, signature);
      case CborReader.Read.Item _, CborReader.Read.End _ -> bad(Refusal.MALFORMED, "the payload is no map");
      case CborReader.Read.Broken(String what) -> bad(Refusal.MALFORMED, what);
    };
  }

  private static Parsed<KeyHeader> read(Cbor.Map fields, Bytes map, Bytes signature) {
    if (number(fields, Terms.VERSION_KEY) != Terms.VERSION) {
      return bad(Refusal.VERSION, "version " + number(fields, Terms.VERSION_KEY));
    }
    Optional<Algorithm> algorithm = Algorithm.of(number(fields, Terms.ALGORITHM_KEY));
    Bytes authority = bytes(fields, Terms.AUTHORITY_KEY);
    Bytes ciphertext = bytes(fields, Terms.CIPHERTEXT_KEY);
    Bytes keyId = bytes(fields, Terms.SENDER_KEY_ID_KEY);
    String sender = text(fields, Terms.SENDER_KEY);
    String scope = text(fields, Terms.SCOPE_KEY);
    long kind = number(fields, Terms.KIND_KEY);
    long signing = number(fields, Terms.SIGNING_KEY);
    long epoch = number(fields, Terms.EPOCH_KEY);
    long notBefore = number(fields, Terms.NOT_BEFORE_KEY);
    long notAfter = number(fields, Terms.NOT_AFTER_KEY);
    long base = number(fields, Terms.BASE_KEY);
    if (fields.pairs().size() != Terms.ENTRIES || algorithm.isEmpty()
        || authority.length() != Terms.AUTHORITY_BYTES || ciphertext.isEmpty()
        || keyId.length() != Sender.KEY_ID_BYTES
        || kind < 0 || kind > 1 || signing < 0 || signing > 1 || epoch < 0 || base < 0 || base > Envelope.COUNTER_MAX) {
      return bad(Refusal.MALFORMED, "a field is missing, unknown or out of its range");
    }
    if (!Sender.isName(sender) || !Topics.isFilter(scope)) {
      return bad(Refusal.MALFORMED, "no name of a sender, or no topic filter");
    }
    if (notBefore < 0 || notAfter <= notBefore) {
      return bad(Refusal.MALFORMED, "a validity that ends before it begins");
    }
    Terms terms = new Terms(authority.compact(), kind == 0 ? Kind.CIPHERTEXT_POLICY : Kind.KEY_POLICY, sender,
        keyId.compact(), scope, epoch, notBefore, notAfter, base,
        signing == 0 ? Signing.PER_HEADER : Signing.PER_MESSAGE, algorithm.get());
    return Parsed.valid(
        new KeyHeader(terms, ciphertext, map, Bytes.wrap(Hashes.sha256(map.toArray())), signature));
  }

  private static long number(Cbor.Map fields, int key) {
    return fields.at(key).orElse(NOTHING) instanceof Cbor.Int(long value) ? value : -1;
  }

  private static Bytes bytes(Cbor.Map fields, int key) {
    return fields.at(key).orElse(NOTHING) instanceof Cbor.ByteString(Bytes value) ? value : Bytes.EMPTY;
  }

  private static String text(Cbor.Map fields, int key) {
    return fields.at(key).orElse(NOTHING) instanceof Cbor.TextString(String value) ? value : "";
  }

  private static Parsed<KeyHeader> bad(Refusal reason, String what) {
    return Parsed.invalid(reason.name(), what);
  }
}
