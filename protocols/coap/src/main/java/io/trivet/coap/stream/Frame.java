package io.trivet.coap.stream;

/// What bytes are found to be.
public sealed interface Frame {
  /// @param atLeast how many bytes, counted from the first, the next look needs
  record NeedMore(int atLeast) implements Frame {}

  /// @param consumed how many bytes it took
  record Whole(StreamMessage message, int consumed) implements Frame {}

  /// No message can be read here any more: the connection is to be aborted (RFC 8323, section 5.6).
  ///
  /// @param tooLarge whether a limit was exceeded, rather than the format broken
  /// @param what for the peer's and the operator's eyes
  record Broken(boolean tooLarge, String what) implements Frame {}
}
