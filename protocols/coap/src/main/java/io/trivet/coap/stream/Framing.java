package io.trivet.coap.stream;

/// How a message's end is known.
public enum Framing {
  /// By the length in its header (RFC 8323, section 3.2).
  LENGTH,
  /// By the WebSocket message that it fills; the length in the header is 0 (section 4.2).
  WEB_SOCKET
}
