package io.trivet.policy.index;

import io.trivet.broker.Principal;

/// Where a topic pattern takes a value of the subject.
sealed interface Place {
  record Device() implements Place {}

  record Client() implements Place {}

  record Attribute(String name) implements Place {}

  /// The value, or the empty text where there is none.
  default String value(Principal who, String client) {
    return switch (this) {
      case Device _ -> who.device();
      case Client _ -> client;
      case Attribute(String name) -> who.attributes().getOrDefault(name, "");
    };
  }

  /// Whether a value can stand inside one level without changing what the pattern means.
  static boolean fits(String value) {
    return !value.isEmpty() && value.indexOf('+') < 0 && value.indexOf('#') < 0 && value.indexOf('/') < 0;
  }
}
