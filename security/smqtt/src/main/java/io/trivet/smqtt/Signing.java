package io.trivet.smqtt;

/// What a sender's signature covers.
public enum Signing {
  /// The key header alone. Whoever can read can also forge in the sender's name: for groups that trust each other.
  PER_HEADER,

  /// The key header and every message: about 76 bytes more on the wire, and the source is certain.
  PER_MESSAGE
}
