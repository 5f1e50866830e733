package io.trivet.policy.time;

/// A question about the past that can no longer be answered, because what it is about was forgotten for want of room. It
/// is thrown and not returned so that who asks within a condition cannot take it for a number: the condition fails, and
/// what fails is denied.
public final class NotKnown extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// @param what one line for the operator
  public NotKnown(String what) {
    super(what, null, false, false);
  }
}
