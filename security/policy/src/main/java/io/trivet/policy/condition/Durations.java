package io.trivet.policy.condition;

import java.time.Duration;
import java.util.Optional;

/// Spans of time as policies write them: `500ms`, `10s`, `5m`, `2h`, `30d`.
public final class Durations {
  private static final long NUMBER_MAX = 999_999_999;

  private Durations() {}

  /// Nothing where it is none; never negative, at most 999,999,999 of its unit and 100 years.
  public static Optional<Duration> parse(String text) {
    int digits = 0;
    long number = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      number = number * 10 + (text.charAt(digits++) - '0');
      if (number > NUMBER_MAX) {
        return Optional.empty();
      }
    }
    if (digits == 0) {
      return Optional.empty();
    }
    Duration d = switch (text.substring(digits)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(-1);
    };
    return d.isNegative() || d.toDays() > 36_525 ? Optional.empty() : Optional.of(d);
  }
}
