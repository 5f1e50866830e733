package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The master key at rest, by AES-256-GCM.
///
/// As a file: `{1: 1, 2: kind, 3: authority, 4: protection, 5: nonce, 6: ciphertext}`; members 1 to 4, encoded alone, are
/// the additional data, so that nobody takes the protection of one file for another's. A nonce is used once, since each
/// write has a data key of its own or a nonce drawn anew.
///
/// @param authority its 16 bytes
record MasterFile(Kind kind, Bytes authority, Protection protection, Bytes nonce, Bytes ciphertext) {
  static final int FILE_BYTES_MAX = 64 << 10;
  static final int DATA_KEY_BYTES = 32;
  private static final String WHAT = "master key";
  private static final long VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  static MasterFile seal(
      Kind kind, Bytes authority, Protection protection, SecretBytes dataKey, SecretBytes master, Randomness random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.fill(nonce);
    try {
      Cipher gcm = cipher(Cipher.ENCRYPT_MODE, dataKey, nonce);
      gcm.updateAAD(head(kind, authority, protection).encoded().toArray());
      byte[] sealed = new byte[gcm.getOutputSize(master.length())];
      master.expose(m -> encrypted(gcm, m, sealed));
      return new MasterFile(kind, authority, protection, Bytes.wrap(nonce), Bytes.wrap(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  private static int encrypted(Cipher gcm, byte[] plaintext, byte[] to) {
    try {
      return gcm.doFinal(plaintext, 0, plaintext.length, to, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  private static Cipher cipher(int mode, SecretBytes key, byte[] nonce) throws GeneralSecurityException {
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(mode, key.expose(k -> new SecretKeySpec(k, "AES")), new GCMParameterSpec(TAG_BITS, nonce));
    return gcm;
  }

  private static Cbor.Map head(Kind kind, Bytes authority, Protection protection) {
    return Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(KeyFile.number(kind)),
        Cbor.of(3), Cbor.of(authority),
        Cbor.of(4), Protection.toCbor(protection));
  }

  /// @return empty where the data key is another's, or the file was changed
  Optional<SecretBytes> open(SecretBytes dataKey) {
    try {
      Cipher gcm = cipher(Cipher.DECRYPT_MODE, dataKey, nonce.toArray());
      gcm.updateAAD(head(kind, authority, protection).encoded().toArray());
      byte[] plaintext = gcm.doFinal(ciphertext.toArray());
      try {
        return Optional.of(SecretBytes.copyOf(plaintext));
      } finally {
        Arrays.fill(plaintext, (byte) 0);
      }
    } catch (AEADBadTagException e) {
      return Optional.empty(); // which of the two it was cannot be told
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  Bytes encoded() {
    return Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(KeyFile.number(kind)),
        Cbor.of(3), Cbor.of(authority),
        Cbor.of(4), Protection.toCbor(protection),
        Cbor.of(5), Cbor.of(nonce),
        Cbor.of(6), Cbor.of(ciphertext)).encoded();
  }

  static Parsed<MasterFile> read(byte[] file) {
    if (file.length > FILE_BYTES_MAX) {
      return Parsed.invalid(WHAT, "no " + WHAT + ": " + file.length + " bytes, at most " + FILE_BYTES_MAX + " are read");
    }
    return Fields.read(Bytes.wrap(file), CborLimits.STRICT, WHAT, VERSION, f -> new MasterFile(
        KeyFile.kind(f.number(2, 0, Long.MAX_VALUE)),
        f.bytes(3, KeyFile.AUTHORITY_BYTES, KeyFile.AUTHORITY_BYTES),
        Protection.of(f.at(4)),
        f.bytes(5, NONCE_BYTES, NONCE_BYTES),
        f.bytes(6, TAG_BITS / 8, FILE_BYTES_MAX)));
  }
}
