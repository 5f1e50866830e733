package io.trivet.base;

/// Unpredictable bytes as a port: `SecureRandom` in the server, a seed in the simulation.
@FunctionalInterface
public interface Randomness {
  void fill(byte[] target);

  default long nextLong() {
    byte[] b = new byte[8];
    fill(b);
    long value = 0;
    for (byte x : b) {
      value = value << 8 | (x & 0xFF);
    }
    return value;
  }
}
