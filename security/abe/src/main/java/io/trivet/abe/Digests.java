package io.trivet.abe;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256 of parts, each preceded by its length in four bytes, so that no two lists of parts give the same
/// input.
final class Digests {
  private Digests() {}

  static byte[] ofParts(byte[]... parts) {
    MessageDigest d = sha256();
    for (byte[] part : parts) {
      d.update(ByteBuffer.allocate(4).putInt(part.length).array());
      d.update(part);
    }
    return d.digest();
  }

  static byte[] of(byte[] whole) {
    return sha256().digest(whole);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
