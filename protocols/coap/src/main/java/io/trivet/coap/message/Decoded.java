package io.trivet.coap.message;

/// What came of a datagram.
public sealed interface Decoded permits CoapMessage, Decoded.FormatError, Decoded.Ignored {
  /// Its header can be read, the rest breaks the format: a confirmable one is answered with a reset (RFC 7252, section 4.2).
  record FormatError(Type type, int messageId, String what) implements Decoded {}

  /// Not for us, or nothing that can be answered.
  record Ignored(String what) implements Decoded {}
}
