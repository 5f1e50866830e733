package io.trivet.base;

/// Time as a port: pure rooms never read the system's clock.
public interface Clock {
  /// Nanoseconds from an arbitrary origin, never going back; for deadlines and durations.
  long monotonicNanos();

  /// Milliseconds since 1970-01-01T00:00Z, which an operator or NTP may set back; for what outlives the process.
  long wallMillis();
}
