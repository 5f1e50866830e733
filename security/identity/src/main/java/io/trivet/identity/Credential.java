package io.trivet.identity;

import io.trivet.base.SecretBytes;
import java.util.Locale;

/// What a device proves itself with.
public sealed interface Credential {
  /// A password, kept only as what checks it: for CONNECT and for SCRAM-SHA-256.
  ///
  /// @param phc Argon2id in the PHC string format
  record Password(String phc, ScramVerifier scram) implements Credential {}

  /// A certificate of the built-in authority.
  ///
  /// @param serial in hexadecimal, lower case
  /// @param notAfterMillis when it ends, in milliseconds since 1970
  record IssuedCertificate(String serial, long notAfterMillis) implements Credential {}

  /// A certificate of an authority outside, recognized by what it says of its owner.
  record OutsideCertificate(Field field, String value) implements Credential {
    public enum Field {
      /// The whole subject as in RFC 2253, for example `CN=lamp-1,O=Example`.
      SUBJECT,
      /// The subject's common name.
      CN,
      /// A DNS name among the subject alternative names.
      DNS,
      /// A URI among the subject alternative names.
      URI;

      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /// A key shared with the device, for TLS-PSK.
  ///
  /// @param identity what the device calls it on the wire, 1 to 128 bytes
  /// @param key 16 to 64 bytes
  record PreSharedKey(String identity, SecretBytes key) implements Credential {
    public static final int KEY_BYTES_MIN = 16;
    public static final int KEY_BYTES_MAX = 64;

    public PreSharedKey {
      if (key.length() < KEY_BYTES_MIN || key.length() > KEY_BYTES_MAX) {
        throw new IllegalArgumentException("a pre-shared key of " + key.length() + " bytes: give " + KEY_BYTES_MIN
            + " to " + KEY_BYTES_MAX + " bytes");
      }
      if (identity.isEmpty() || identity.length() > 128) {
        throw new IllegalArgumentException("a pre-shared key identity has 1 to 128 characters");
      }
    }
  }
}
