package io.trivet.policy.trust;

import java.time.Duration;

/// What halves with each half life, and so never quite ends.
final class Decay {
  private static final Duration LONGEST = Duration.ofDays(36_525);

  private Decay() {}

  /// A half life in nanoseconds, at most a century.
  static double nanos(Duration halfLife) {
    return halfLife.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : halfLife.toNanos();
  }

  /// What is left of 1.
  static double left(long now, long since, double halfLifeNanos) {
    long age = Math.max(0, now - since);
    return age == 0 || halfLifeNanos == Double.POSITIVE_INFINITY ? 1 : Math.pow(0.5, age / halfLifeNanos);
  }
}
