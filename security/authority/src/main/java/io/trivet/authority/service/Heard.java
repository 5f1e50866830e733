package io.trivet.authority.service;

/// Hears of every request that was answered; called from the threads that answer.
@FunctionalInterface
public interface Heard {
  /// @param device empty where the caller is none
  /// @param note why it was refused; empty where it was not
  void answered(String device, String path, int status, String note);
}
