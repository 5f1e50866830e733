package io.trivet.smqtt;

import java.util.Optional;

/// What encrypts messages, by its number in the registry of COSE (RFC 9053, section 4).
public enum Algorithm {
  AES_128_GCM(1, 16),
  CHACHA20_POLY1305(24, 32);

  static final int TAG_BYTES = 16;
  static final int NONCE_BYTES = 12;

  private final int number;
  private final int keyBytes;

  Algorithm(int number, int keyBytes) {
    this.number = number;
    this.keyBytes = keyBytes;
  }

  int number() {
    return number;
  }

  int keyBytes() {
    return keyBytes;
  }

  static Optional<Algorithm> of(long number) {
    for (Algorithm a : values()) {
      if (a.number == number) {
        return Optional.of(a);
      }
    }
    return Optional.empty();
  }
}
