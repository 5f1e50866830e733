package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// A publisher as others know it: a name that fills one topic level, and an Ed25519 key.
public final class Sender {
  public static final int NAME_BYTES_MAX = 128;
  public static final int KEY_ID_BYTES = 8;
  public static final int PUBLIC_KEY_BYTES = 32;

  private final String name;
  private final Bytes keyId;
  private final Ed25519PublicKeyParameters key;

  private Sender(String name, Ed25519PublicKeyParameters key) {
    this.name = name;
    this.key = key;
    this.keyId = Bytes.copyOf(Hashes.sha256(key.getEncoded()), 0, KEY_ID_BYTES);
  }

  /// @param publicKey 32 bytes (RFC 8032); points of small order are refused
  public static Parsed<Sender> of(String name, Bytes publicKey) {
    if (!isName(name)) {
      return Parsed.invalid("sender", "a name of 1 to " + NAME_BYTES_MAX + " bytes without / + # and U+0000 is wanted");
    }
    byte[] point = publicKey.toArray();
    if (point.length != PUBLIC_KEY_BYTES || !Ed25519.validatePublicKeyFull(point, 0)) {
      return Parsed.invalid("sender key", "no point that Ed25519 can use");
    }
    return Parsed.valid(new Sender(name, new Ed25519PublicKeyParameters(point)));
  }

  static boolean isName(String name) {
    return Topics.isName(name) && name.indexOf('/') < 0
        && name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX;
  }

  public String name() {
    return name;
  }

  /// The first 8 bytes of the key's SHA-256.
  public Bytes keyId() {
    return keyId;
  }

  public Bytes publicKey() {
    return Bytes.wrap(key.getEncoded());
  }

  boolean verifies(byte[] message, byte[] signature, int at) {
    return key.verify(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, at);
  }

  @Override
  public String toString() {
    return "Sender[" + name + ", key " + keyId + "]";
  }
}
