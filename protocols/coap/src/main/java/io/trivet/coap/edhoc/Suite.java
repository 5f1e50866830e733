package io.trivet.coap.edhoc;

import io.trivet.coap.oscore.Aead;
import java.util.Optional;

/// The cipher suites we have (RFC 9528, section 3.6). The hash is SHA-256 in each.
public enum Suite {
  S0(0, Aead.AES_CCM_16_64_128, 8, Curve.X25519),
  S1(1, Aead.AES_CCM_16_128_128, 16, Curve.X25519),
  S2(2, Aead.AES_CCM_16_64_128, 8, Curve.P256),
  S3(3, Aead.AES_CCM_16_128_128, 16, Curve.P256);

  private final int number;
  private final Aead aead;
  private final int macBytes;
  private final Curve curve;

  Suite(int number, Aead aead, int macBytes, Curve curve) {
    this.number = number;
    this.aead = aead;
    this.macBytes = macBytes;
    this.curve = curve;
  }

  public static Optional<Suite> of(long number) {
    return number < 0 || number >= values().length ? Optional.empty() : Optional.of(values()[(int) number]);
  }

  public int number() {
    return number;
  }

  /// What protects the messages of EDHOC.
  public Aead aead() {
    return aead;
  }

  /// What protects the application's messages afterwards.
  public Aead applicationAead() {
    return Aead.AES_CCM_16_64_128;
  }

  /// Of a MAC that stands for itself; one that is signed is as long as the hash.
  int macBytes() {
    return macBytes;
  }

  public Curve curve() {
    return curve;
  }
}
