package io.trivet.coap.message;

import org.jspecify.annotations.Nullable;

/// A message received, kept so that its duplicates are known (RFC 7252, section 4.5).
final class Remembered {
  final DatagramPeer peer;
  final int messageId;
  final long untilNanos;

  /// What the message was answered with, to be sent again; null until it is, or where there is nothing to say.
  byte @Nullable [] answer;

  boolean forgotten;

  /// Neighbours in [Memory]'s order of age.
  @Nullable Remembered previous;

  @Nullable Remembered next;

  Remembered(DatagramPeer peer, int messageId, long untilNanos) {
    this.peer = peer;
    this.messageId = messageId;
    this.untilNanos = untilNanos;
  }

  int bytes() {
    byte[] a = answer;
    return a == null ? 0 : a.length;
  }
}
