package io.trivet.coap;

/// How much one may at a time: so many a second, and so many at once after a pause.
public final class TokenBucket {
  private double tokens = Double.NaN;
  private long filledNanos;

  /// Takes one.
  ///
  /// @return 0, or after how many nanoseconds there is one again
  public long take(long nowNanos, double perSecond, double burst) {
    double filled = Double.isNaN(tokens) ? burst : tokens + (nowNanos - filledNanos) * 1e-9 * perSecond;
    filledNanos = nowNanos;
    tokens = Math.min(burst, filled);
    if (tokens >= 1) {
      tokens--;
      return 0;
    }
    return (long) ((1 - tokens) / perSecond * 1e9);
  }
}
