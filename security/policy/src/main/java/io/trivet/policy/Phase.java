package io.trivet.policy;

import java.util.Locale;

/// Whether an event is about to happen and can still be prevented, or has happened and can only be reacted to
/// (Neisse, Steri, Baldini: SecKit, WiMob 2014).
public enum Phase {
  TENTATIVE,
  ACTUAL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
