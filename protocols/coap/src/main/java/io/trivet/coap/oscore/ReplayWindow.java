package io.trivet.coap.oscore;

/// Which sequence numbers of the other end have been taken (RFC 8613, section 7.4): the highest and, below it, those of a
/// window. What lies below the window counts as taken. Guarded by its context.
final class ReplayWindow {
  private final int size;

  /// Bit i stands for `highest - i`.
  private long taken;

  private long highest = -1;

  /// @param size 1 to 64
  ReplayWindow(int size) {
    if (size < 1 || size > 64) {
      throw new IllegalArgumentException("a replay window of " + size + ": give 1 to 64");
    }
    this.size = size;
  }

  boolean isFresh(long number) {
    if (number > highest) {
      return true;
    }
    long back = highest - number;
    return back < size && (taken >>> back & 1) == 0;
  }

  /// Takes the number, once it has proved genuine.
  ///
  /// @return whether it was fresh
  boolean take(long number) {
    if (!isFresh(number)) {
      return false;
    }
    long ahead = number - highest;
    if (ahead > 0) {
      taken = highest < 0 || ahead >= 64 ? 0 : taken << ahead;
      highest = number;
      taken |= 1;
    } else {
      taken |= 1L << -ahead;
    }
    return true;
  }

  /// Begins anew: nothing up to this number is taken any more (appendix B.1.2).
  void restart(long number) {
    highest = number;
    taken = -1;
  }
}
