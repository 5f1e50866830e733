package io.trivet.local;

import org.jspecify.annotations.Nullable;

/// Over a range that no key can be in.
final class EmptyCursor implements Engine.Cursor {
  @Override
  public boolean next() {
    return false;
  }

  @Override
  public byte[] key() {
    return entry(null);
  }

  @Override
  public byte[] value() {
    return entry(null);
  }

  @Override
  public void close() {}

  /// What a cursor answers that stands on an entry; who asks before or behind all of them has a fault.
  static byte[] entry(byte @Nullable [] bytes) {
    if (bytes == null) {
      throw new AssertionError("the cursor stands on no entry");
    }
    return bytes;
  }
}
