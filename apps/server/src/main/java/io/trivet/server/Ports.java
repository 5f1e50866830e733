package io.trivet.server;

import io.trivet.base.Clock;
import io.trivet.base.Randomness;
import java.security.SecureRandom;

/// The ports of pure rooms, filled by the system.
public final class Ports {
  private static final SecureRandom RANDOM = new SecureRandom();

  public static final Randomness RANDOMNESS = RANDOM::nextBytes;

  public static final Clock CLOCK = new Clock() {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  };

  private Ports() {}
}
