package io.trivet.policy.file;

import io.trivet.policy.EventKind;
import io.trivet.policy.Phase;

/// An event as rules name it: `tentative.publish`, or `publish` for short, and `actual.publish`.
public record On(Phase phase, EventKind kind) {
  @Override
  public String toString() {
    return phase + "." + kind;
  }
}
