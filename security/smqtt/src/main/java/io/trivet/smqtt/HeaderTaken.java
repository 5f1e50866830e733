package io.trivet.smqtt;

import io.trivet.base.Bytes;

/// What came of a key header.
public sealed interface HeaderTaken {
  /// It is in order and will be, or is, opened.
  record Accepted(Bytes kid) implements HeaderTaken {}

  /// A retained header was cleared; nothing to do.
  record Cleared() implements HeaderTaken {}

  record Refused(Refusal reason, String what) implements HeaderTaken {}
}
