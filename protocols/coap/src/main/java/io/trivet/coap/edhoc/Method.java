package io.trivet.coap.edhoc;

import java.util.Optional;

/// How both ends authenticate (RFC 9528, section 3.2).
public enum Method {
  SIGNATURES(0),
  STATIC_KEYS(3);

  private final int number;

  Method(int number) {
    this.number = number;
  }

  public static Optional<Method> of(long number) {
    return number == 0 ? Optional.of(SIGNATURES) : number == 3 ? Optional.of(STATIC_KEYS) : Optional.empty();
  }

  public int number() {
    return number;
  }

  boolean isSigned() {
    return this == SIGNATURES;
  }
}
