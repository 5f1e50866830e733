package io.trivet.authority;

import io.trivet.base.SecretBytes;

/// What the owner shows to have the master key. The secrets are the caller's to close.
public sealed interface Opener {
  /// @param passphrase what guards the master key; for a new one at least [#BYTES_MIN]
  record Passphrase(SecretBytes passphrase) implements Opener {
    public static final int BYTES_MIN = 12;
    public static final int BYTES_MAX = 1_024;
  }

  /// The PIN of the token that the master key's file names.
  record Pin(SecretBytes pin) implements Opener {}
}
