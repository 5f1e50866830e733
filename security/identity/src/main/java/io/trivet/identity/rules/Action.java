package io.trivet.identity.rules;

import java.util.Locale;

/// What a rule allows or denies. SUBSCRIBE includes the deliveries that follow from it; RETAIN is needed beside PUBLISH
/// for a message that is to be kept.
public enum Action {
  PUBLISH,
  SUBSCRIBE,
  DELIVER,
  RETAIN;

  static final int COUNT = values().length;

  /// For tables by action.
  @SuppressWarnings("EnumOrdinal") // never leaves the process
  int index() {
    return ordinal();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
