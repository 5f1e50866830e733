package io.trivet.policy.time;

import java.time.Duration;

/// Spans in nanoseconds. A span beyond [#LONGEST] is as good as all of the past.
final class Times {
  /// 146 years: sums and differences with it do not overflow what clocks show.
  static final long LONGEST = Long.MAX_VALUE / 2;

  private Times() {}

  static long nanos(Duration span) {
    if (span.isNegative()) {
      throw new IllegalArgumentException("a span of " + span);
    }
    return span.compareTo(Duration.ofNanos(LONGEST)) >= 0 ? LONGEST : span.toNanos();
  }

  /// How long ago `at` was; nothing is in the future: loops take the time at slightly different moments.
  static long age(long now, long at) {
    return Math.max(0, now - at);
  }
}
