package io.trivet.abe;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;

/// An authority as senders, readers and brokers know it: its public key, and the epoch that it issues readers' keys for.
/// It encapsulates for readers of that epoch, whose keys carry the attribute `epoch:` and its number beside those that
/// the scope asks for: a reader who got no key in this epoch is shut out.
///
/// @param epoch from 0
public record PublicParameters(PublicKey key, long epoch) implements Encapsulator {
  /// The attribute that an authority alone gives, and that ends with the epoch.
  public static final String EPOCH = "epoch";

  public static final int BYTES_MAX = Format.PARAMETERS.bytesMax();

  public PublicParameters {
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch = " + epoch + ": give a number from 0");
    }
  }

  /// @param encoded from [#encoded()]; anything else is refused
  public static Parsed<PublicParameters> decode(byte[] encoded) {
    return switch (Format.PARAMETERS.read(encoded)) {
      case Parsed.Invalid<Format.Fields> i -> i.cast();
      case Parsed.Valid<Format.Fields>(Format.Fields f) ->
          f.items().get(0) instanceof Cbor.Int(long epoch) && epoch >= 0
              && f.items().get(1) instanceof Cbor.ByteString(Bytes key)
              ? PublicKey.decode(key.toArray()).map(k -> new PublicParameters(k, epoch))
              : Format.PARAMETERS.broken("an epoch from 0 and a public key are wanted");
    };
  }

  /// About 610 bytes.
  public byte[] encoded() {
    return encode(kind(), Bytes.wrap(key.encoded()), epoch).toArray();
  }

  /// As [#encoded()] gives it, of a public key that was encoded already.
  public static Bytes encode(Kind kind, Bytes publicKey, long epoch) {
    return Format.PARAMETERS.begin(kind).integer(epoch).bytes(publicKey).bytes();
  }

  /// The authority's name in keys and ciphertexts, 16 bytes.
  public Bytes authority() {
    return key.id();
  }

  /// The attribute of an epoch.
  public static String attribute(long epoch) {
    return EPOCH + ":" + epoch;
  }

  @Override
  public Kind kind() {
    return key.kind();
  }

  /// @param scope without the epoch, which is added
  @Override
  public Parsed<Encapsulation> encapsulate(String scope, byte[] context) {
    return switch (kind()) {
      case CIPHERTEXT_POLICY -> switch (Policy.parse(scope)) {
        case Parsed.Invalid<Policy> i -> i.cast();
        case Parsed.Valid<Policy>(Policy p) -> key.encapsulate("(" + p + ") and " + attribute(epoch), context);
      };
      case KEY_POLICY -> switch (Attributes.parse(scope)) {
        case Parsed.Invalid<Attributes> i -> i.cast();
        case Parsed.Valid<Attributes>(Attributes a) -> key.encapsulate(a + ", " + attribute(epoch), context);
      };
    };
  }
}
