package io.trivet.smqtt;

/// What a sender's signature covers.
public enum Signing {
  /// The key header alone. Whoever can read can also forge in the sender's name: for groups that trust each other.
  PER_HEADER,

  /// The key header and every message: 71 to 77 bytes more on the wire, and the source is certain.
  PER_MESSAGE
}
