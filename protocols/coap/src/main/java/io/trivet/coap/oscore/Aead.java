package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/// The authenticated ciphers of COSE that OSCORE and EDHOC use (RFC 9053, section 4).
public enum Aead {
  A128GCM(1, "AES-128-GCM", 16, 12, 16),
  A192GCM(2, "AES-192-GCM", 24, 12, 16),
  A256GCM(3, "AES-256-GCM", 32, 12, 16),
  /// What everybody must have (RFC 8613, section 3.2).
  AES_CCM_16_64_128(10, "AES-CCM-16-64-128", 16, 13, 8),
  CHACHA20_POLY1305(24, "ChaCha20-Poly1305", 32, 12, 16),
  AES_CCM_16_128_128(30, "AES-CCM-16-128-128", 16, 13, 16),
  AES_CCM_16_128_256(31, "AES-CCM-16-128-256", 32, 13, 16),
  AES_CCM_64_128_128(32, "AES-CCM-64-128-128", 16, 7, 16),
  AES_CCM_64_128_256(33, "AES-CCM-64-128-256", 32, 7, 16);

  private final int cose;
  private final String words;
  private final int keyBytes;
  private final int nonceBytes;
  private final int tagBytes;

  Aead(int cose, String words, int keyBytes, int nonceBytes, int tagBytes) {
    this.cose = cose;
    this.words = words;
    this.keyBytes = keyBytes;
    this.nonceBytes = nonceBytes;
    this.tagBytes = tagBytes;
  }

  public static Optional<Aead> ofCose(int algorithm) {
    for (Aead a : values()) {
      if (a.cose == algorithm) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }

  /// The number of the algorithm in the registry of COSE.
  public int cose() {
    return cose;
  }

  public int keyBytes() {
    return keyBytes;
  }

  public int nonceBytes() {
    return nonceBytes;
  }

  public int tagBytes() {
    return tagBytes;
  }

  /// How long a sender's or recipient's id may be (RFC 8613, section 3.3).
  public int idBytesMax() {
    return nonceBytes - 6;
  }

  /// As people write it.
  @Override
  public String toString() {
    return words;
  }

  /// The ciphertext with its tag behind it.
  public Bytes seal(Bytes key, Bytes nonce, Bytes aad, Bytes plaintext) {
    try {
      return run(true, key, nonce, aad, plaintext);
    } catch (InvalidCipherTextException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /// The plaintext; empty where anything was altered or another key used.
  public Optional<Bytes> open(Bytes key, Bytes nonce, Bytes aad, Bytes ciphertext) {
    if (ciphertext.length() < tagBytes) {
      return Optional.empty();
    }
    try {
      return Optional.of(run(false, key, nonce, aad, ciphertext));
    } catch (InvalidCipherTextException | AEADBadTagException e) {
      // What a peer sent does not verify: the ordinary outcome of an altered message, told by the empty value.
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private Bytes run(boolean sealing, Bytes key, Bytes nonce, Bytes aad, Bytes in)
      throws InvalidCipherTextException, GeneralSecurityException {
    if (key.length() != keyBytes || nonce.length() != nonceBytes) {
      throw new AssertionError(this + " with a key of " + key.length() + " and a nonce of " + nonce.length());
    }
    return switch (this) {
      case A128GCM, A192GCM, A256GCM -> gcm(sealing, key, nonce, aad, in);
      case CHACHA20_POLY1305 -> light(new ChaCha20Poly1305(), sealing, key, nonce, aad, in);
      default -> light(CCMBlockCipher.newInstance(AESEngine.newInstance()), sealing, key, nonce, aad, in);
    };
  }

  private Bytes light(AEADCipher cipher, boolean sealing, Bytes key, Bytes nonce, Bytes aad, Bytes in)
      throws InvalidCipherTextException {
    cipher.init(sealing,
        new AEADParameters(new KeyParameter(key.toArray()), tagBytes * 8, nonce.toArray(), aad.toArray()));
    byte[] out = new byte[cipher.getOutputSize(in.length())];
    int n = cipher.processBytes(in.backingArray(), in.backingOffset(), in.length(), out, 0);
    n += cipher.doFinal(out, n);
    return Bytes.wrap(out, 0, n);
  }

  private Bytes gcm(boolean sealing, Bytes key, Bytes nonce, Bytes aad, Bytes in) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(sealing ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE, new SecretKeySpec(key.toArray(), "AES"),
        new GCMParameterSpec(tagBytes * 8, nonce.toArray()));
    cipher.updateAAD(aad.toArray());
    return Bytes.wrap(cipher.doFinal(in.backingArray(), in.backingOffset(), in.length()));
  }
}
