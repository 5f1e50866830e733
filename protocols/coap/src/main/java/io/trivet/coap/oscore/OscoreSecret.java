package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import java.util.Objects;
import java.util.Optional;

/// What two ends agreed on beforehand, by provisioning or by EDHOC: all that keys are derived from but the ID context
/// (RFC 8613, section 3.2). The hash is SHA-256.
public final class OscoreSecret {
  private final Bytes masterSecret;
  private final Bytes masterSalt;
  private final Bytes senderId;
  private final Bytes recipientId;
  private final Aead aead;

  /// @param masterSecret at least 16 bytes where it protects anything
  /// @param masterSalt may be empty
  /// @param senderId our own; empty up to [Aead#idBytesMax]
  /// @param recipientId the other end's; differs from our own
  public OscoreSecret(Bytes masterSecret, Bytes masterSalt, Bytes senderId, Bytes recipientId, Aead aead) {
    int max = aead.idBytesMax();
    if (masterSecret.isEmpty()) {
      throw new IllegalArgumentException("an empty master secret");
    }
    if (senderId.length() > max || recipientId.length() > max) {
      throw new IllegalArgumentException("an id longer than the " + max + " bytes that " + aead + " leaves for it");
    }
    if (senderId.equals(recipientId)) {
      throw new IllegalArgumentException("the same id for both ends: they would use the same key and nonces");
    }
    this.masterSecret = masterSecret.compact();
    this.masterSalt = masterSalt.compact();
    this.senderId = senderId.compact();
    this.recipientId = recipientId.compact();
    this.aead = Objects.requireNonNull(aead);
  }

  public Bytes senderId() {
    return senderId;
  }

  public Bytes recipientId() {
    return recipientId;
  }

  public Aead aead() {
    return aead;
  }

  public OscoreKeys keys(Optional<Bytes> idContext) {
    return OscoreKeys.derive(this, Hkdf.extract(masterSalt, masterSecret), idContext);
  }

  /// The same as the other end has it.
  public OscoreSecret mirrored() {
    return new OscoreSecret(masterSecret, masterSalt, /* senderId= */ recipientId, /* recipientId= */ senderId, aead);
  }

  @Override
  public String toString() {
    return "OscoreSecret[" + aead + ", sender " + senderId + ", recipient " + recipientId + ", redacted]";
  }
}
