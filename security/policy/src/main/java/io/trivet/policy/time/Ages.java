package io.trivet.policy.time;

import java.util.concurrent.TimeUnit;

/// Turns points in time into ages and back, for what outlives the process: the clock that never goes back begins anew with
/// it.
public final class Ages {
  private Ages() {}

  /// Never negative.
  public static long of(long now, long at) {
    return Times.age(now, at);
  }

  /// Where something lies whose age was `age` when a snapshot was taken. The time since counts as having passed, as the
  /// wall clock tells it; where that was set back, none has.
  ///
  /// @param age nanoseconds
  public static long at(long now, long age, long wallMillisThen, long wallMillis) {
    long stopped = wallMillis <= wallMillisThen ? 0
        : TimeUnit.MILLISECONDS.toNanos(Math.min(wallMillis - wallMillisThen, TimeUnit.NANOSECONDS.toMillis(Times.LONGEST)));
    return now - Math.min(Times.LONGEST, Math.min(age, Times.LONGEST) + stopped);
  }
}
