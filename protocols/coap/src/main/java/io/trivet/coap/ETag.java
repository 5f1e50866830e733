package io.trivet.coap;

import io.trivet.base.Bytes;

/// Entity tags that follow from what they tag, so that they are the same on every loop and after a restart (RFC 7252,
/// section 5.10.6). Not against forgers: FNV-1a, 64 bits.
public final class ETag {
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ETag() {}

  /// Eight bytes by the representation.
  public static Bytes of(Bytes representation) {
    return bytes(hash(representation));
  }

  /// Eight bytes by the representation and its content format; -1 for none.
  public static Bytes of(Bytes representation, int contentFormat) {
    return bytes((hash(representation) ^ contentFormat & 0xFFFF) * PRIME);
  }

  private static long hash(Bytes representation) {
    long h = BASIS;
    byte[] a = representation.backingArray();
    for (int i = representation.backingOffset(), end = i + representation.length(); i < end; i++) {
      h = (h ^ a[i] & 0xFF) * PRIME;
    }
    return h;
  }

  private static Bytes bytes(long hash) {
    byte[] tag = new byte[Long.BYTES];
    for (int i = 0; i < tag.length; i++) {
      tag[i] = (byte) (hash >>> 8 * i);
    }
    return Bytes.wrap(tag);
  }
}
