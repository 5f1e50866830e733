package io.trivet.policy;

import io.trivet.base.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The attributes of the context as they are and were.
public interface ContextView {
  /// A message came that sets it. A payload that holds no value of its type leaves it as it was.
  void feed(String name, Bytes payload);

  /// A policy is about to come into force that declares these. What is known of an attribute that stays as it
  /// is goes on.
  void follow(List<Declarations.Context> declared);

  /// What it is now; nothing where it is unknown or stale.
  Optional<Object> now(String name);

  /// What it was `ago`; nothing where it was unknown or stale then.
  Optional<Object> at(String name, Duration ago);

  /// Whether it has been equal to `value` for all of the time that ends now.
  boolean held(String name, Object value, Duration time);

  /// No attribute is known.
  ContextView NOTHING = new ContextView() {
    @Override
    public void feed(String name, Bytes payload) {}

    @Override
    public void follow(List<Declarations.Context> declared) {}

    @Override
    public Optional<Object> now(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Object> at(String name, Duration ago) {
      return Optional.empty();
    }

    @Override
    public boolean held(String name, Object value, Duration time) {
      return false;
    }
  };
}
