package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.CborWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The key that one header brought, and what is done with it. Its cipher is kept between messages, so it serves one
/// thread at a time: its methods are synchronized.
///
/// For each message there is an array for its authenticated data (about 60 bytes and the topic), the nonce and what
/// the JDK's cipher makes of it.
final class ContentKey {
  private static final byte[] KEY_INFO = "SMQTT 1 content key".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IV_INFO = "SMQTT 1 base IV".getBytes(StandardCharsets.US_ASCII);
  private static final Bytes AES_PROTECTED = Bytes.hex("a10101");
  private static final Bytes CHACHA_PROTECTED = Bytes.hex("a1011818");
  private static final Bytes SIGN_PROTECTED = Bytes.hex("a10127");

  private final Terms terms;
  private final byte[] kid;
  private final SecretKeySpec key;
  private final byte[] baseIv;
  private final Cipher cipher;

  /// @param secret 32 bytes of the encapsulation, which are wiped
  ContentKey(KeyHeader header, byte[] secret) {
    this.terms = header.terms();
    this.kid = header.kid().toArray();
    byte[] raw = Hashes.hkdf(kid, secret, KEY_INFO, terms.algorithm().keyBytes());
    this.key = new SecretKeySpec(raw, terms.algorithm() == Algorithm.AES_128_GCM ? "AES" : "ChaCha20");
    this.baseIv = Hashes.hkdf(kid, secret, IV_INFO, Algorithm.NONCE_BYTES);
    Arrays.fill(raw, (byte) 0);
    Arrays.fill(secret, (byte) 0);
    try {
      this.cipher = Cipher.getInstance(
          terms.algorithm() == Algorithm.AES_128_GCM ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has both ciphers", e);
    }
  }

  /// For vectors: what whoever opens a message by hand needs.
  byte[] exposed() {
    return key.getEncoded();
  }

  byte[] exposedBaseIv() {
    return baseIv.clone();
  }

  /// The sealed message, not signed.
  synchronized byte[] sealed(Form form, long counter, byte[] external, byte[] payload) {
    Envelope.Begun begun =
        Envelope.begun(form, terms.algorithm(), kid, counter, payload.length + Algorithm.TAG_BYTES);
    byte[] out = begun.out();
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, nonce(counter));
      cipher.updateAAD(additional(form, out, 0, begun.cipherFrom(), external));
      cipher.doFinal(payload, 0, payload.length, out, begun.cipherFrom());
      return out;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("a message that cannot be encrypted", e);
    }
  }

  /// Empty where it was altered, or sealed by another key or for another place.
  synchronized Optional<byte[]> opened(Envelope e, byte[] message, byte[] external) {
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, nonce(e.counter()));
      cipher.updateAAD(additional(e.form(), message, e.from(), e.cipherFrom(), external));
      return Optional.of(cipher.doFinal(message, e.cipherFrom(), e.to() - e.cipherFrom()));
    } catch (AEADBadTagException bad) {
      return Optional.empty();
    } catch (GeneralSecurityException g) {
      throw new AssertionError("a message that can neither be opened nor refused", g);
    }
  }

  /// Context IV xor Partial IV, filled with zeros on the left (RFC 9052, section 3.1).
  private AlgorithmParameterSpec nonce(long counter) {
    byte[] nonce = baseIv.clone();
    for (int i = 0; i < Long.BYTES; i++) {
      nonce[Algorithm.NONCE_BYTES - 1 - i] ^= (byte) (counter >>> 8 * i);
    }
    return terms.algorithm() == Algorithm.AES_128_GCM
        ? new GCMParameterSpec(8 * Algorithm.TAG_BYTES, nonce)
        : new IvParameterSpec(nonce);
  }

  /// What a message is bound to beside its content: version, topic, sender, the header's whole hash, properties.
  byte[] external(String topic, Properties properties) {
    CborWriter out = new CborWriter().array(7).integer(Terms.VERSION).text(topic).text(terms.sender()).bytes(Bytes.wrap(kid));
    out.item(properties.contentTypeItem()).item(properties.responseTopicItem()).item(properties.correlationDataItem());
    return out.bytes().toArray();
  }

  /// Enc_structure (RFC 9052, section 5.3); of the compact form its first bytes stand for the protected header.
  private byte[] additional(Form form, byte[] message, int from, int cipherFrom, byte[] external) {
    CborWriter out = new CborWriter().array(3);
    if (form == Form.COMPACT) {
      out.text("SMQTT compact").bytes(Bytes.wrap(message, from, cipherFrom - from));
    } else {
      out.text("Encrypt0").bytes(terms.algorithm() == Algorithm.AES_128_GCM ? AES_PROTECTED : CHACHA_PROTECTED);
    }
    return out.bytes(Bytes.wrap(external)).bytes().toArray();
  }

  /// Sig_structure (RFC 9052, section 4.4) of a message that is signed itself.
  static byte[] toBeSigned(byte[] message, int from, int to, byte[] external) {
    return new CborWriter().array(4).text("Signature1").bytes(SIGN_PROTECTED).bytes(Bytes.wrap(external))
        .bytes(Bytes.wrap(message, from, to - from)).bytes().toArray();
  }
}
