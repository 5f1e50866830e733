package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.KeyClaims;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a device proves itself with.
public sealed interface Credential {
  /// A password, kept only as what checks it: for CONNECT and for SCRAM-SHA-256.
  ///
  /// @param phc Argon2id in the PHC string format
  record Password(String phc, ScramVerifier scram) implements Credential {}

  /// A certificate of the built-in authority.
  ///
  /// @param serial in hexadecimal, lower case
  /// @param sha256 of the whole certificate: outside authorities number theirs as they like, so the serial alone
  /// proves nothing
  /// @param notAfterMillis when it ends, in milliseconds since 1970
  record IssuedCertificate(String serial, Bytes sha256, long notAfterMillis) implements Credential {
    private static final int SERIAL_DIGITS_MAX = 40;

    public IssuedCertificate {
      if (serial.isEmpty() || serial.length() > SERIAL_DIGITS_MAX
          || !serial.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        throw new IllegalArgumentException("serial: give 1 to " + SERIAL_DIGITS_MAX + " digits 0-9, a-f");
      }
      if (sha256.length() != 32) {
        throw new IllegalArgumentException("sha256: " + sha256.length() + " bytes: give 32");
      }
    }

    public static IssuedCertificate of(X509Certificate c) {
      return new IssuedCertificate(
          c.getSerialNumber().toString(16), fingerprint(c), c.getNotAfter().toInstant().toEpochMilli());
    }

    /// SHA-256 of the certificate in DER.
    public static Bytes fingerprint(X509Certificate c) {
      try {
        return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(c.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a certificate that exists can be encoded and hashed", e);
      }
    }
  }

  /// A certificate of an authority outside, recognized by what it says of its owner.
  record OutsideCertificate(Field field, String value) implements Credential {
    private static final int VALUE_CHARS_MAX = 1_024;

    public OutsideCertificate {
      if (value.isEmpty() || value.length() > VALUE_CHARS_MAX || value.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("value: give 1 to " + VALUE_CHARS_MAX + " characters, none of them control");
      }
    }

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

  /// A raw public key of the device (RFC 7250), pinned, for DTLS.
  ///
  /// @param subjectPublicKeyInfo DER (RFC 5280, section 4.1.2.7), of a key on P-256, P-384 or Ed25519
  record RawPublicKey(Bytes subjectPublicKeyInfo) implements Credential {
    private static final int BYTES_MAX = 256;
    private static final java.util.Set<String> ALGORITHMS = java.util.Set.of("EC", "EdDSA", "Ed25519");

    public RawPublicKey {
      if (subjectPublicKeyInfo.length() > BYTES_MAX || !isKey(subjectPublicKeyInfo)) {
        throw new IllegalArgumentException(
            "a raw public key: give the SubjectPublicKeyInfo of a key on P-256, P-384 or Ed25519, whose point is "
                + "on the curve");
      }
    }

    private static boolean isKey(Bytes der) {
      for (String algorithm : new String[] {"EC", "Ed25519"}) {
        if (isKey(algorithm, der)) {
          return true;
        }
      }
      return false;
    }

    private static boolean isKey(String algorithm, Bytes der) {
      try {
        PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der.toArray()));
        return ALGORITHMS.contains(key.getAlgorithm()) && Bytes.wrap(key.getEncoded()).equals(der)
            && (!(key instanceof ECPublicKey ec) || Curves.isOnKnownCurve(ec));
      } catch (GeneralSecurityException e) {
        return false; // of another kind, or of none
      }
    }

    /// SHA-256 of the key, as it is shown.
    public Bytes fingerprint() {
      try {
        return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(subjectPublicKeyInfo.toArray()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java runtime has SHA-256", e);
      }
    }
  }

  /// An OSCORE security context shared with the device (RFC 8613, section 3); the hash is SHA-256.
  ///
  /// @param deviceId the device's sender id, which is the kid of its requests; as long as the cipher's nonce has
  ///     room for (section 3.3): up to 7 bytes with AES-CCM-16, 6 with AES-GCM and ChaCha20, 1 with AES-CCM-64
  /// @param serverId the server's sender id; differs from the device's
  /// @param idContext present where the id alone does not name the context; up to 32 bytes
  /// @param masterSecret 16 to 64 bytes
  /// @param masterSalt up to 64 bytes
  /// @param aead the number of the cipher in the registry of COSE, mostly 10: AES-CCM-16-64-128
  record ObjectSecurity(
      Bytes deviceId, Bytes serverId, Optional<Bytes> idContext, SecretBytes masterSecret, Bytes masterSalt, int aead)
      implements Credential {
    private static final int CONTEXT_BYTES_MAX = 32;

    public ObjectSecurity {
      int idBytesMax = idBytesMax(aead);
      if (deviceId.length() > idBytesMax || serverId.length() > idBytesMax) {
        throw new IllegalArgumentException("OSCORE ids of " + deviceId.length() + " and " + serverId.length()
            + " bytes: give up to " + idBytesMax + " each, which is what the nonce of cipher " + aead
            + " has room for");
      }
      if (deviceId.equals(serverId)) {
        throw new IllegalArgumentException("OSCORE ids: the device's and the server's are the same, so both would use "
            + "the same key: give two that differ");
      }
      if (idContext.isPresent() && idContext.get().length() > CONTEXT_BYTES_MAX) {
        throw new IllegalArgumentException("an OSCORE id context: give up to " + CONTEXT_BYTES_MAX + " bytes");
      }
      if (masterSecret.length() < PreSharedKey.KEY_BYTES_MIN || masterSecret.length() > PreSharedKey.KEY_BYTES_MAX
          || masterSalt.length() > PreSharedKey.KEY_BYTES_MAX) {
        throw new IllegalArgumentException("an OSCORE master secret of " + masterSecret.length() + " bytes: give "
            + PreSharedKey.KEY_BYTES_MIN + " to " + PreSharedKey.KEY_BYTES_MAX + ", and a salt of no more");
      }
    }

    /// The length of the cipher's nonce (RFC 9053, section 4) less six (RFC 8613, section 3.3).
    private static int idBytesMax(int aead) {
      return switch (aead) {
        case 10, 30, 31 -> 13 - 6;
        case 1, 2, 3, 24 -> 12 - 6;
        case 32, 33 -> 7 - 6;
        default -> throw new IllegalArgumentException(
            "OSCORE cipher " + aead + ": give one of 1, 2, 3, 10, 24, 30, 31, 32, 33");
      };
    }

    /// By the secret's content, so that a registry read again is not taken for a changed one.
    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof ObjectSecurity s && s.deviceId.equals(deviceId) && s.serverId.equals(serverId)
          && s.idContext.equals(idContext) && s.masterSalt.equals(masterSalt) && s.aead == aead
          && s.masterSecret.matches(masterSecret);
    }

    @Override
    public int hashCode() {
      return deviceId.hashCode() * 31 + idContext.hashCode();
    }
  }

  /// A public key of the device for EDHOC (RFC 9528), as claims of it.
  ///
  /// @param claims the credential itself, CRED_I, as the device has it to the byte: its key has a kid, which names it
  record EdhocKey(Bytes claims) implements Credential {
    public EdhocKey {
      if (KeyClaims.read(claims) instanceof Parsed.Invalid<KeyClaims>(String rule, String what)) {
        throw new IllegalArgumentException(rule + ": " + what);
      }
      if (keyOf(claims).kid().isEmpty()) {
        throw new IllegalArgumentException("a key for EDHOC: its COSE_Key names itself by no kid");
      }
    }

    private static KeyClaims keyOf(Bytes claims) {
      return KeyClaims.read(claims).orThrow();
    }

    public KeyClaims key() {
      return keyOf(claims);
    }

    public Bytes kid() {
      return key().kid().orElseThrow();
    }
  }

  /// A key shared with the device, for TLS-PSK and DTLS.
  ///
  /// @param identity what the device calls it on the wire, 1 to 128 bytes
  /// @param key 16 to 64 bytes
  record PreSharedKey(String identity, SecretBytes key) implements Credential {
    public static final int KEY_BYTES_MIN = 16;
    public static final int KEY_BYTES_MAX = 64;
    public static final int IDENTITY_BYTES_MAX = 128;

    public PreSharedKey {
      if (key.length() < KEY_BYTES_MIN || key.length() > KEY_BYTES_MAX) {
        throw new IllegalArgumentException("a pre-shared key of " + key.length() + " bytes: give " + KEY_BYTES_MIN
            + " to " + KEY_BYTES_MAX + " bytes");
      }
      int bytes = identity.getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > IDENTITY_BYTES_MAX || identity.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("a pre-shared key identity of " + bytes + " bytes: give 1 to "
            + IDENTITY_BYTES_MAX + ", no control characters");
      }
    }

    /// By the key's content, so that a registry read again is not taken for a changed one.
    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof PreSharedKey k && k.identity.equals(identity) && k.key.matches(key);
    }

    @Override
    public int hashCode() {
      return identity.hashCode();
    }
  }
}
