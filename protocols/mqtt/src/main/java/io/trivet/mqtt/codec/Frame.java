package io.trivet.mqtt.codec;

/// What stands at the beginning of some bytes.
public sealed interface Frame {
  /// Too little yet: come again with this many bytes, counted from the same beginning, or more.
  record NeedMore(int atLeast) implements Frame {}

  record Whole(Packet packet, int consumed) implements Frame {}

  /// No packet, and never will be.
  ///
  /// @param rule the statement or the option that is broken
  record Broken(ReasonCode code, String rule, String what) implements Frame {}
}
