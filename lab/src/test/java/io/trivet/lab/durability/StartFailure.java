package io.trivet.lab.durability;

/// A server that does not come up on its data.
@SuppressWarnings("serial")
final class StartFailure extends AssertionError {
  StartFailure(String what) {
    super(what);
  }
}
