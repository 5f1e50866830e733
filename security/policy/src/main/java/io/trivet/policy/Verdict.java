package io.trivet.policy;

import java.time.Duration;
import java.util.List;

/// What is decided about a tentative event. Where several rules match, the strictest word counts: deny before
/// delay before modify before allow.
public sealed interface Verdict {
  record Allow() implements Verdict {}

  /// @param rule what denied, for the operator's log
  /// @param reason the reason code of MQTT 5.0
  /// @param tell a text for the peer; empty for none
  record Deny(String rule, int reason, String tell) implements Verdict {}

  /// @param rule the one that lets the fewest wait
  /// @param queuedMax how many may wait because of that rule
  /// @param modifications what to change once the wait is over, in file order
  record Delay(
      String rule, Duration duration, int queuedMax, Overflow overflow, List<Modification> modifications)
      implements Verdict {
    public Delay {
      modifications = List.copyOf(modifications);
    }
  }

  /// @param modifications at least one, in file order
  record Modify(List<Modification> modifications) implements Verdict {
    public Modify {
      modifications = List.copyOf(modifications);
    }
  }

  /// What becomes of an event that finds the queue of the delayed ones full.
  enum Overflow {
    DENY,
    PASS
  }

  int NOT_AUTHORIZED = 0x87;
}
