package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.agreement.ECDHBasicAgreement;
import org.bouncycastle.crypto.agreement.X25519Agreement;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/// The two sorts of curve: X25519 with Ed25519, and P-256 for both (RFC 9528, sections 3.6 and 3.7). Keys and signatures are
/// bytes as COSE has them; of a point on P-256 for agreement only x.
public enum Curve {
  X25519 {
    @Override
    public Bytes privateKey(Randomness randomness) {
      byte[] key = new byte[KEY_BYTES];
      randomness.fill(key);
      return Bytes.wrap(key);
    }

    @Override
    public Bytes publicKey(Bytes privateKey) {
      return Bytes.wrap(new X25519PrivateKeyParameters(privateKey.toArray(), 0).generatePublicKey().getEncoded());
    }

    @Override
    public Optional<Bytes> agree(Bytes privateKey, Bytes publicKey) {
      if (publicKey.length() != KEY_BYTES) {
        return Optional.empty();
      }
      X25519Agreement agreement = new X25519Agreement();
      agreement.init(new X25519PrivateKeyParameters(privateKey.toArray(), 0));
      byte[] secret = new byte[KEY_BYTES];
      try {
        agreement.calculateAgreement(new X25519PublicKeyParameters(publicKey.toArray(), 0), secret, 0);
      } catch (IllegalStateException e) {
        // All zeros: a point of small order, chosen by the peer to make the secret known (RFC 7748, section 6.1).
        return Optional.empty();
      }
      return Optional.of(Bytes.wrap(secret));
    }

    @Override
    public Bytes sign(Bytes privateKey, Bytes text) {
      Ed25519Signer signer = new Ed25519Signer();
      signer.init(true, new Ed25519PrivateKeyParameters(privateKey.toArray(), 0));
      signer.update(text.toArray(), 0, text.length());
      return Bytes.wrap(signer.generateSignature());
    }

    @Override
    public boolean verify(Bytes publicKey, Bytes text, Bytes signature) {
      if (publicKey.length() != KEY_BYTES || signature.length() != 2 * KEY_BYTES) {
        return false;
      }
      Ed25519Signer signer = new Ed25519Signer();
      try {
        signer.init(false, new Ed25519PublicKeyParameters(publicKey.toArray(), 0));
      } catch (IllegalArgumentException e) {
        // No point of the curve.
        return false;
      }
      signer.update(text.toArray(), 0, text.length());
      return signer.verifySignature(signature.toArray());
    }
  },

  P256 {
    @Override
    public Bytes privateKey(Randomness randomness) {
      byte[] key = new byte[KEY_BYTES];
      BigInteger d;
      do {
        randomness.fill(key);
        d = new BigInteger(1, key);
      } while (d.signum() == 0 || d.compareTo(DOMAIN.getN()) >= 0);
      return Bytes.wrap(key);
    }

    @Override
    public Bytes publicKey(Bytes privateKey) {
      ECPoint q = DOMAIN.getG().multiply(new BigInteger(1, privateKey.toArray())).normalize();
      return Bytes.wrap(q.getAffineXCoord().getEncoded());
    }

    @Override
    public Optional<Bytes> agree(Bytes privateKey, Bytes publicKey) {
      Optional<ECPublicKeyParameters> peer = point(publicKey);
      if (peer.isEmpty()) {
        return Optional.empty();
      }
      ECDHBasicAgreement agreement = new ECDHBasicAgreement();
      agreement.init(new ECPrivateKeyParameters(new BigInteger(1, privateKey.toArray()), DOMAIN));
      return Optional.of(fixed(agreement.calculateAgreement(peer.get())));
    }

    @Override
    public Bytes sign(Bytes privateKey, Bytes text) {
      // The nonce is made from key and text (RFC 6979): a poor generator cannot give the key away.
      ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
      signer.init(true, new ECPrivateKeyParameters(new BigInteger(1, privateKey.toArray()), DOMAIN));
      BigInteger[] rs = signer.generateSignature(Hash.sha256(text).toArray());
      return Hash.joined(fixed(rs[0]), fixed(rs[1]));
    }

    @Override
    public boolean verify(Bytes publicKey, Bytes text, Bytes signature) {
      Optional<ECPublicKeyParameters> key = point(publicKey);
      if (key.isEmpty() || signature.length() != 2 * KEY_BYTES) {
        return false;
      }
      ECDSASigner signer = new ECDSASigner();
      signer.init(false, key.get());
      return signer.verifySignature(Hash.sha256(text).toArray(),
          new BigInteger(1, signature.slice(0, KEY_BYTES).toArray()),
          new BigInteger(1, signature.slice(KEY_BYTES, KEY_BYTES).toArray()));
    }
  };

  static final int KEY_BYTES = 32;
  private static final ECDomainParameters DOMAIN = new ECDomainParameters(CustomNamedCurves.getByName("P-256"));

  /// A private key of 32 bytes.
  public abstract Bytes privateKey(Randomness randomness);

  /// For agreement, 32 bytes.
  public abstract Bytes publicKey(Bytes privateKey);

  /// Empty where the public key is none that a careful peer would send.
  public abstract Optional<Bytes> agree(Bytes privateKey, Bytes publicKey);

  /// A signature of 64 bytes, by EdDSA or ES256.
  public abstract Bytes sign(Bytes privateKey, Bytes text);

  /// @param publicKey for signatures: 32 bytes of Ed25519; of P-256 65 bytes, a point uncompressed
  public abstract boolean verify(Bytes publicKey, Bytes text, Bytes signature);

  /// Of P-256: the point of a private key, in 65 bytes.
  static Bytes uncompressed(Bytes privateKey) {
    BigInteger d = new BigInteger(1, privateKey.toArray());
    if (d.signum() == 0 || d.compareTo(DOMAIN.getN()) >= 0) {
      throw new IllegalArgumentException("no private key of P-256");
    }
    return Bytes.wrap(DOMAIN.getG().multiply(d).normalize().getEncoded(false));
  }

  /// Checked to lie on the curve: x alone, or the point uncompressed.
  private static Optional<ECPublicKeyParameters> point(Bytes publicKey) {
    Bytes encoded = publicKey.length() == KEY_BYTES ? Hash.joined(Bytes.hex("02"), publicKey) : publicKey;
    if (encoded.length() != KEY_BYTES + 1 && encoded.length() != 2 * KEY_BYTES + 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ECPublicKeyParameters(DOMAIN.getCurve().decodePoint(encoded.toArray()), DOMAIN));
    } catch (IllegalArgumentException e) {
      // No point of the curve, or the one at infinity.
      return Optional.empty();
    }
  }

  private static Bytes fixed(BigInteger value) {
    byte[] b = value.toByteArray();
    byte[] out = new byte[KEY_BYTES];
    byte[] tail = Arrays.copyOfRange(b, Math.max(0, b.length - KEY_BYTES), b.length);
    System.arraycopy(tail, 0, out, KEY_BYTES - tail.length, tail.length);
    return Bytes.wrap(out);
  }
}
