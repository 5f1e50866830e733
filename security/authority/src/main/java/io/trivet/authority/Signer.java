package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// Signs the authority's ledger by Ed25519 (RFC 8032), with a key that follows from the master key: whoever can sign can
/// issue, and there is no second secret to keep. Anybody can check, so a log is verified without a passphrase.
final class Signer implements AutoCloseable {
  static final int PUBLIC_BYTES = Ed25519.PUBLIC_KEY_SIZE;
  static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

  private final SecretBytes seed;
  private final Bytes publicKey;

  private Signer(SecretBytes seed, Bytes publicKey) {
    this.seed = seed;
    this.publicKey = publicKey;
  }

  static Signer of(SecretBytes master) {
    byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
    master.expose(m -> {
      HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
      hkdf.init(new HKDFParameters(m, null, Bytes.utf8("Trivet authority, signer of the ledger, 1").toArray()));
      return hkdf.generateBytes(seed, 0, seed.length);
    });
    try {
      return new Signer(SecretBytes.copyOf(seed),
          Bytes.wrap(new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded()));
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  Bytes publicKey() {
    return publicKey;
  }

  Bytes sign(Bytes message) {
    byte[] signature = new byte[SIGNATURE_BYTES];
    byte[] m = message.toArray();
    seed.expose(s -> {
      Ed25519.sign(s, 0, m, 0, m.length, signature, 0);
      return signature;
    });
    return Bytes.wrap(signature);
  }

  static boolean verifies(Bytes publicKey, Bytes message, Bytes signature) {
    byte[] m = message.toArray();
    return Ed25519.verify(signature.toArray(), 0, publicKey.toArray(), 0, m, 0, m.length);
  }

  @Override
  public void close() {
    seed.close();
  }
}
