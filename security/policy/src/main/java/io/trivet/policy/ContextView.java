package io.trivet.policy;

import java.time.Duration;
import java.util.Optional;

/// The attributes of the context as they are and were.
public interface ContextView {
  /// What it is now; nothing where it is unknown or stale.
  Optional<Object> now(String name);

  /// What it was `ago`; nothing where it was unknown or stale then.
  Optional<Object> at(String name, Duration ago);

  /// Whether it has been equal to `value` for all of the time that ends now.
  boolean held(String name, Object value, Duration time);

  /// No attribute is known.
  ContextView NOTHING = new ContextView() {
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
