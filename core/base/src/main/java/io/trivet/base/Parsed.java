package io.trivet.base;

import java.util.function.Function;

/// What became of a stranger's input: a value that is valid because it exists, or the reason why there is none.
public sealed interface Parsed<T> {
  record Valid<T>(T value) implements Parsed<T> {}

  /// `rule` names the statement broken, such as `MQTT-4.7.1-2`; `what` says in a line what was seen.
  record Invalid<T>(String rule, String what) implements Parsed<T> {
    @SuppressWarnings("unchecked") // an Invalid holds no T
    public <U> Parsed<U> cast() {
      return (Parsed<U>) this;
    }
  }

  static <T> Parsed<T> valid(T value) {
    return new Valid<>(value);
  }

  static <T> Parsed<T> invalid(String rule, String what) {
    return new Invalid<>(rule, what);
  }

  /// The value, for input that the caller knows to be valid.
  ///
  /// @throws IllegalArgumentException when it is not, with the rule and what was seen
  default T orThrow() {
    return switch (this) {
      case Valid<T>(T value) -> value;
      case Invalid<T>(String rule, String what) -> throw new IllegalArgumentException(what + " (" + rule + ")");
    };
  }

  default <U> Parsed<U> map(Function<? super T, ? extends U> f) {
    return switch (this) {
      case Valid<T>(T value) -> new Valid<>(f.apply(value));
      case Invalid<T> invalid -> invalid.cast();
    };
  }
}
