package io.trivet.policy.time;

import java.time.Duration;
import java.util.Optional;

/// An event that is counted for each key.
///
/// @param remembered how many of the newest occurrences are kept with their time, 1 to 4,096; a window or a stretch that
///     holds more cannot be counted ([NotKnown]), so this is to be at least the greatest number that a rule compares with
/// @param horizon where nothing but windows is asked for, the longest of them: what is older is forgotten without loss
public record Counted(String name, int remembered, Optional<Duration> horizon) {
  public static final int REMEMBERED_MAX = 4_096;
  public static final int REMEMBERED = 128;

  public Counted {
    if (name.isEmpty() || name.length() > 256) {
      throw new IllegalArgumentException("the name of an event has 1 to 256 characters, not " + name.length());
    }
    if (remembered < 1 || remembered > REMEMBERED_MAX) {
      throw new IllegalArgumentException(
          "event '" + name + "' remembers " + remembered + ": give a value from 1 to " + REMEMBERED_MAX);
    }
    if (horizon.isPresent() && !horizon.get().isPositive()) {
      throw new IllegalArgumentException("event '" + name + "' has a horizon of " + horizon.get());
    }
  }

  /// With the usual room, and any question allowed.
  public static Counted of(String name) {
    return new Counted(name, REMEMBERED, Optional.empty());
  }

  long horizonNanos() {
    return horizon.map(Times::nanos).orElse(Long.MAX_VALUE);
  }
}
