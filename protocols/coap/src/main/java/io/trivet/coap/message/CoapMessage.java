package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Options;

/// One message as it stands in a datagram.
///
/// @param messageId 0 to 65,535
/// @param token 0 to 65,804 bytes (RFC 8974)
public record CoapMessage(Type type, Code code, int messageId, Bytes token, Options options, Bytes payload)
    implements Decoded {
  /// An acknowledgement or reset that says nothing else.
  public static CoapMessage empty(Type type, int messageId) {
    return new CoapMessage(type, Code.EMPTY, messageId, Bytes.EMPTY, Options.NONE, Bytes.EMPTY);
  }

  public boolean isEmpty() {
    return code == Code.EMPTY;
  }
}
