package io.trivet.identity;

import io.trivet.base.Bytes;

/// What a server keeps of a password for SCRAM-SHA-256 (RFC 5802, section 3; RFC 7677): enough to check a proof, too
/// little to make one.
public record ScramVerifier(Bytes salt, int iterations, Bytes storedKey, Bytes serverKey) {
  /// What RFC 7677 asks for at least.
  public static final int ITERATIONS_MIN = 4_096;

  /// More would let a registry make the clients' processors its own.
  public static final int ITERATIONS_MAX = 10_000_000;

  private static final int KEY_BYTES = 32;

  public ScramVerifier {
    if (iterations < ITERATIONS_MIN || iterations > ITERATIONS_MAX) {
      throw new IllegalArgumentException("iterations = " + iterations + ": give " + ITERATIONS_MIN + " to "
          + ITERATIONS_MAX);
    }
    if (salt.length() < 8 || salt.length() > 64) {
      throw new IllegalArgumentException("a salt of " + salt.length() + " bytes: give 8 to 64");
    }
    if (storedKey.length() != KEY_BYTES || serverKey.length() != KEY_BYTES) {
      throw new IllegalArgumentException("stored-key and server-key: give " + KEY_BYTES + " bytes each");
    }
  }
}
