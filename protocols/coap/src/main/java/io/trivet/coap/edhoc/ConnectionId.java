package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.coap.oscore.Aead;
import java.util.Optional;

/// A byte string as EDHOC writes connection and key ids: one that is the encoding of an integer from -24 to 23 stands as
/// that integer, so that it takes one byte (RFC 9528, section 3.3.2).
final class ConnectionId {
  /// What OSCORE has room for, since the id becomes a sender's (RFC 8613, section 3.3).
  static final int BYTES_MAX = Aead.AES_CCM_16_64_128.idBytesMax();

  private ConnectionId() {}

  static boolean isInteger(Bytes id) {
    int b = id.length() == 1 ? id.at(0) & 0xFF : 0xFF;
    return b <= 0x17 || b >= 0x20 && b <= 0x37;
  }

  static Bytes encoded(Bytes id) {
    return isInteger(id) ? id : Cbor.of(id).encoded();
  }

  /// Empty where the item is neither, or a byte string that should have been an integer.
  static Optional<Bytes> of(Cbor item) {
    return switch (item) {
      case Cbor.Int(long n) when n >= -24 && n <= 23 -> Optional.of(item.encoded());
      case Cbor.ByteString(Bytes b) when !isInteger(b) -> Optional.of(b.compact());
      default -> Optional.empty();
    };
  }
}
