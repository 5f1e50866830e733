package io.trivet.abe;

import io.trivet.base.Parsed;

/// What a sender does with an authority's public parameters. Nothing here is secret; one instance serves any number of
/// threads.
public interface Encapsulator {
  /// Length of [Encapsulation#secret()] and [Decapsulated.Opened#secret()].
  int SECRET_BYTES = 32;

  Kind kind();

  /// A fresh secret for whoever satisfies `scope`, and the ciphertext that carries it to them.
  ///
  /// @param scope under [Kind#CIPHERTEXT_POLICY] a policy such as `ward:7 and (role:nurse or role:doctor)`, under
  ///     [Kind#KEY_POLICY] attributes between commas
  /// @param context bound to the secret and the ciphertext: with any other context the ciphertext does not open
  /// @return invalid where `scope` cannot be read or asks for more than the limits
  Parsed<Encapsulation> encapsulate(String scope, byte[] context);
}
