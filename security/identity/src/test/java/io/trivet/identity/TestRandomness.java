package io.trivet.identity;

import io.trivet.base.Randomness;
import java.util.Random;

/// Repeatable bytes.
public final class TestRandomness implements Randomness {
  private final Random random;

  public TestRandomness(long seed) {
    random = new Random(seed);
  }

  @Override
  public void fill(byte[] target) {
    random.nextBytes(target);
  }
}
