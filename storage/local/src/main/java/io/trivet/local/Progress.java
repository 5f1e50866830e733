package io.trivet.local;

/// Hears how far something long has come, now and then, on the thread that does it.
@FunctionalInterface
public interface Progress {
  Progress NONE = (_, _) -> {};

  /// @param done bytes; `total` at the end
  void at(long done, long total);
}
