package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;

/// What we prove ourselves by. Its text does not show the key.
public final class Identity {
  private final Credential credential;
  private final Bytes privateKey;

  /// @param privateKey of 32 bytes: for method 0 of signatures, for method 3 of agreement
  public Identity(Credential credential, Bytes privateKey) {
    if (privateKey.length() != Curve.KEY_BYTES) {
      throw new IllegalArgumentException("a private key of " + privateKey.length() + " bytes: give 32");
    }
    this.credential = credential;
    this.privateKey = privateKey;
  }

  public Credential credential() {
    return credential;
  }

  Bytes privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return "Identity[" + credential.id() + ", redacted]";
  }
}
