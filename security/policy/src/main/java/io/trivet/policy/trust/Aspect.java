package io.trivet.policy.trust;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// One thing to trust in, such as identity or behaviour.
///
/// @param initial what a way of proving oneself is worth, 0 to 1, such as `mtls` 0.9; one that is not named is worth 0, and
///     where none is named at all, any is worth 0.5
/// @param halfLife in which the weight of what was seen halves; empty where it lasts
/// @param weight of the initial value, in pieces of evidence: how many it takes to weigh as much, 0.01 to 1,000
public record Aspect(String name, Map<String, Double> initial, Optional<Duration> halfLife, double weight) {
  /// Two pieces of evidence, as the base rate of Jøsang's beta reputation has (W = 2).
  public static final double WEIGHT = 2;

  public Aspect {
    initial = Map.copyOf(initial);
    if (name.isEmpty() || name.length() > 256) {
      throw new IllegalArgumentException("the name of an aspect has 1 to 256 characters, not " + name.length());
    }
    initial.forEach((method, value) -> {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(name + "." + method + " = " + value + ": give a value from 0 to 1");
      }
    });
    if (halfLife.isPresent() && halfLife.get().compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("half life " + halfLife.get() + ": give at least a millisecond");
    }
    if (!(weight >= 0.01 && weight <= 1_000)) {
      throw new IllegalArgumentException("weight " + weight + ": give a value from 0.01 to 1000");
    }
  }

  double base(String method) {
    return initial.isEmpty() ? 0.5 : initial.getOrDefault(method, 0.0);
  }

  double halfLifeNanos() {
    return halfLife.map(Decay::nanos).orElse(Double.POSITIVE_INFINITY);
  }
}
