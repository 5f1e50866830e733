package io.trivet.abe;

/// What came of an attempt to open a ciphertext.
public sealed interface Decapsulated {
  /// @param secret 32 bytes, the caller's to wipe
  @SuppressWarnings("ArrayRecordComponent")
  record Opened(byte[] secret) implements Decapsulated {}

  /// The key's attributes do not satisfy the policy.
  record NotForThisKey() implements Decapsulated {}

  /// @param what is wrong with the ciphertext: malformed, of another authority, or not what was sent
  record Refused(String what) implements Decapsulated {}
}
