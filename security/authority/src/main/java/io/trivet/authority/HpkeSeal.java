package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;

/// Single-shot encryption to a public key (RFC 9180, section 6.1, mode base).
final class HpkeSeal {
  static final int TAG_BYTES = 16;

  /// No secret: what it agrees on tells only whether the other's point is of small order.
  private static final Bytes ANY_SECRET = Bytes.hex("40" + "00".repeat(30) + "40");

  private HpkeSeal() {}

  /// @param encapsulated the sender's ephemeral public key
  record Sealed(Bytes encapsulated, Bytes ciphertext) {}

  /// A public key of the suite, checked as section 7.1.4 asks.
  ///
  /// @throws IllegalArgumentException where it is none
  static AsymmetricKeyParameter proved(Suite suite, Bytes publicKey) {
    AsymmetricKeyParameter key;
    try {
      key = suite.hpke().deserializePublicKey(publicKey.toArray());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no point of " + suite, e);
    }
    if (key instanceof X25519PublicKeyParameters x && isSmall(x.getEncoded())) {
      throw new IllegalArgumentException("a point of small order on " + suite);
    }
    return key;
  }

  /// The five points of small order (RFC 7748, section 6.1): any secret agrees with them on zero.
  private static boolean isSmall(byte[] x) {
    return !X25519.calculateAgreement(ANY_SECRET.toArray(), 0, x, 0, new byte[32], 0);
  }

  static Sealed seal(Recipient to, Bytes info, Bytes aad, SecretBytes plaintext) {
    HPKE hpke = to.suite().hpke();
    HPKEContextWithEncapsulation sender = hpke.setupBaseS(proved(to.suite(), to.publicKey()), info.toArray());
    return new Sealed(Bytes.wrap(sender.getEncapsulation()), plaintext.expose(p -> sealed(sender, aad, p)));
  }

  /// With an ephemeral key of the caller's choice, as test vectors have it.
  static Sealed seal(Recipient to, Bytes info, Bytes aad, byte[] plaintext, AsymmetricCipherKeyPair ephemeral) {
    HPKEContextWithEncapsulation sender =
        to.suite().hpke().setupBaseS(proved(to.suite(), to.publicKey()), info.toArray(), ephemeral);
    return new Sealed(Bytes.wrap(sender.getEncapsulation()), sealed(sender, aad, plaintext));
  }

  private static Bytes sealed(HPKEContextWithEncapsulation sender, Bytes aad, byte[] plaintext) {
    try {
      return Bytes.wrap(sender.seal(aad.toArray(), plaintext));
    } catch (InvalidCipherTextException e) {
      throw new AssertionError("AES-GCM refuses nothing that it encrypts", e);
    }
  }

  /// @return empty where it was not sealed to this key with this `info` and `aad`
  static Optional<SecretBytes> open(DeviceKey key, Sealed sealed, Bytes info, Bytes aad) {
    try {
      proved(key.recipient().suite(), sealed.encapsulated());
      HPKEContext receiver = key.receiver(sealed.encapsulated(), info);
      byte[] plaintext = receiver.open(aad.toArray(), sealed.ciphertext().toArray());
      try {
        return Optional.of(SecretBytes.copyOf(plaintext));
      } finally {
        Arrays.fill(plaintext, (byte) 0);
      }
    } catch (InvalidCipherTextException | IllegalArgumentException e) {
      return Optional.empty(); // the same answer whatever is wrong: none of it is the caller's to learn
    }
  }
}
