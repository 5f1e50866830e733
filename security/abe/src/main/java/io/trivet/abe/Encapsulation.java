package io.trivet.abe;

/// @param secret 32 bytes, uniformly distributed to anyone who has no key; the caller's to wipe
/// @param ciphertext versioned CBOR, self-contained: it names its kind and its policy or attributes
@SuppressWarnings("ArrayRecordComponent")
public record Encapsulation(byte[] secret, byte[] ciphertext) {}
