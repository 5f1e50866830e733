package io.trivet.abe;

/// What a reader does with a key of the authority. Holds secrets: close it to wipe them. One instance serves any number
/// of threads.
public interface Decapsulator extends AutoCloseable {
  Kind kind();

  /// Opens what [Encapsulator#encapsulate] made.
  ///
  /// @param ciphertext any bytes at all: what is malformed, or costs more than the limits, is refused before a pairing
  Decapsulated decapsulate(byte[] ciphertext, byte[] context);

  @Override
  void close();
}
