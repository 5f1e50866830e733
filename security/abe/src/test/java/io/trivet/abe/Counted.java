package io.trivet.abe;

import io.trivet.base.Randomness;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Randomness that is the same each time: SHA-256 of a seed and a counter, both of eight bytes.
final class Counted implements Randomness {
  private final long seed;
  private long counter;

  Counted(long seed) {
    this.seed = seed;
  }

  @Override
  public void fill(byte[] target) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (int at = 0; at < target.length; at += 32) {
        byte[] block = sha.digest(ByteBuffer.allocate(16).putLong(seed).putLong(counter++).array());
        System.arraycopy(block, 0, target, at, Math.min(block.length, target.length - at));
      }
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
