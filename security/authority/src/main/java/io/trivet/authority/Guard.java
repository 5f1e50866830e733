package io.trivet.authority;

import io.trivet.base.SecretBytes;

/// What is to protect the master key of a new authority. The secrets are the caller's to close.
public sealed interface Guard {
  /// Refused where it is too short to stand guessing, or too long.
  record Passphrase(SecretBytes passphrase) implements Guard {
    public Passphrase {
      if (passphrase.length() < Opener.Passphrase.BYTES_MIN || passphrase.length() > Opener.Passphrase.BYTES_MAX) {
        throw new IllegalArgumentException("a passphrase of " + passphrase.length() + " bytes: give "
            + Opener.Passphrase.BYTES_MIN + " to " + Opener.Passphrase.BYTES_MAX
            + "; whoever guesses it reads everything that was ever sealed");
      }
    }
  }

  /// A key of a PKCS#11 token, AES or RSA; where the token has none of that label, an AES key is made in it.
  ///
  /// @param library the path of the token's PKCS#11 module
  /// @param slot the number of its slot, as `softhsm2-util --show-slots` and `pkcs11-tool -L` show it
  record Token(String library, long slot, String label, SecretBytes pin) implements Guard {}
}
