package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.CborWriter;
import java.util.Optional;

/// The keys of one security context (RFC 8613, section 3.2). Immutable; its text shows none of them.
public final class OscoreKeys {
  private final Aead aead;
  private final Bytes senderId;
  private final Bytes recipientId;
  private final Optional<Bytes> idContext;
  private final Bytes senderKey;
  private final Bytes recipientKey;
  private final Bytes commonIv;

  private OscoreKeys(OscoreSecret secret, Optional<Bytes> idContext, Bytes senderKey, Bytes recipientKey, Bytes iv) {
    this.aead = secret.aead();
    this.senderId = secret.senderId();
    this.recipientId = secret.recipientId();
    this.idContext = idContext.map(Bytes::compact);
    this.senderKey = senderKey;
    this.recipientKey = recipientKey;
    this.commonIv = iv;
  }

  static OscoreKeys derive(OscoreSecret secret, Bytes pseudorandomKey, Optional<Bytes> idContext) {
    Aead aead = secret.aead();
    return new OscoreKeys(secret, idContext,
        Hkdf.expand(pseudorandomKey, info(secret.senderId(), idContext, aead, "Key", aead.keyBytes()), aead.keyBytes()),
        Hkdf.expand(pseudorandomKey, info(secret.recipientId(), idContext, aead, "Key", aead.keyBytes()),
            aead.keyBytes()),
        Hkdf.expand(pseudorandomKey, info(Bytes.EMPTY, idContext, aead, "IV", aead.nonceBytes()), aead.nonceBytes()));
  }

  /// The structure `info` of section 3.2.1.
  static Bytes info(Bytes id, Optional<Bytes> idContext, Aead aead, String type, int bytes) {
    CborWriter out = new CborWriter().array(5).bytes(id);
    idContext.ifPresentOrElse(out::bytes, () -> out.item(io.trivet.base.cbor.Cbor.Simple.NULL));
    return out.integer(aead.cose()).text(type).integer(bytes).bytes();
  }

  public Aead aead() {
    return aead;
  }

  public Bytes senderId() {
    return senderId;
  }

  public Bytes recipientId() {
    return recipientId;
  }

  public Optional<Bytes> idContext() {
    return idContext;
  }

  Bytes senderKey() {
    return senderKey;
  }

  Bytes recipientKey() {
    return recipientKey;
  }

  Bytes commonIv() {
    return commonIv;
  }

  /// Section 5.2: the size of the id, the id and the partial IV padded on the left, mixed with the common IV.
  Bytes nonce(Bytes id, Bytes partialIv) {
    byte[] nonce = new byte[aead.nonceBytes()];
    nonce[0] = (byte) id.length();
    id.copyTo(nonce, nonce.length - 5 - id.length());
    partialIv.copyTo(nonce, nonce.length - partialIv.length());
    for (int i = 0; i < nonce.length; i++) {
      nonce[i] ^= commonIv.at(i);
    }
    return Bytes.wrap(nonce);
  }

  @Override
  public String toString() {
    return "OscoreKeys[" + aead + ", sender " + senderId + ", recipient " + recipientId + ", redacted]";
  }
}
