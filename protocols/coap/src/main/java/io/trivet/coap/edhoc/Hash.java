package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import org.bouncycastle.crypto.digests.SHA256Digest;

/// SHA-256, and the joining of what goes in.
final class Hash {
  static final int BYTES = 32;

  private Hash() {}

  static Bytes sha256(Bytes text) {
    SHA256Digest digest = new SHA256Digest();
    digest.update(text.backingArray(), text.backingOffset(), text.length());
    byte[] out = new byte[BYTES];
    digest.doFinal(out, 0);
    return Bytes.wrap(out);
  }

  static Bytes joined(Bytes... parts) {
    int length = 0;
    for (Bytes p : parts) {
      length += p.length();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Bytes p : parts) {
      p.copyTo(all, at);
      at += p.length();
    }
    return Bytes.wrap(all);
  }
}
