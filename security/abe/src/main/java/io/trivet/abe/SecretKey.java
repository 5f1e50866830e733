package io.trivet.abe;

import io.trivet.abe.curve.Curve;

/// The elements of a reader's key.
sealed interface SecretKey permits CiphertextPolicyScheme.Key, KeyPolicyScheme.Key {
  void wipe();

  /// One after another, in the order that the scheme gives; the receiver's to wipe.
  byte[] encoded(Curve curve);
}
