package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// The key a publisher signs with.
public final class SenderKey implements AutoCloseable {
  public static final int SEED_BYTES = 32;

  private final SecretBytes seed;
  private final byte[] publicKey;
  private final Sender identity;

  private SenderKey(String name, SecretBytes seed) {
    this.seed = seed;
    this.publicKey = seed.expose(s -> new Ed25519PrivateKeyParameters(s, 0).generatePublicKey().getEncoded());
    this.identity = Sender.of(name, Bytes.copyOf(publicKey)).orThrow();
  }

  /// @throws IllegalArgumentException when the name is none for a sender, or the seed has other than 32 bytes
  public static SenderKey of(String name, SecretBytes seed) {
    if (seed.length() != SEED_BYTES) {
      throw new IllegalArgumentException("a seed of " + seed.length() + " bytes: give " + SEED_BYTES);
    }
    return new SenderKey(name, seed.copy());
  }

  public static SenderKey generate(String name, Randomness randomness) {
    byte[] fresh = new byte[SEED_BYTES];
    randomness.fill(fresh);
    try (SecretBytes seed = SecretBytes.copyOf(fresh)) {
      return of(name, seed);
    } finally {
      java.util.Arrays.fill(fresh, (byte) 0);
    }
  }

  /// What readers and brokers are told of it.
  public Sender identity() {
    return identity;
  }

  /// To be stored; the caller closes it.
  public SecretBytes seed() {
    return seed.copy();
  }

  byte[] sign(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    return seed.expose(s -> {
      Ed25519.sign(s, 0, publicKey, 0, message, 0, message.length, signature, 0);
      return signature;
    });
  }

  @Override
  public void close() {
    seed.close();
  }

  @Override
  public String toString() {
    return "SenderKey[redacted, " + identity.name() + "]";
  }
}
