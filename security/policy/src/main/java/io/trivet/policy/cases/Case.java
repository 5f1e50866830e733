package io.trivet.policy.cases;

import io.trivet.broker.Message;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.policy.EventKind;
import io.trivet.policy.Peer;
import io.trivet.policy.file.Mark;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A story that begins with nothing counted, and what is expected of the policy in it.
///
/// @param startMillis wall clock, milliseconds since 1970
record Case(String name, Mark at, long startMillis, List<Step> steps) {
  Case {
    steps = List.copyOf(steps);
  }

  sealed interface Step {
    /// @param kind what is done
    /// @param message carries topic, payload and properties; where the kind has no message, only its topic
    /// counts
    /// @param expect `allow`, `deny`, `modify`, `delay`; empty for whatever
    /// @param rule part of the name of the rule that denies; empty for any
    /// @param executions their kinds, in order
    record Do(
        Mark at,
        EventKind kind,
        Principal subject,
        String client,
        Optional<Message> message,
        Optional<String> filter,
        QoS qos,
        Peer peer,
        int times,
        Optional<String> expect,
        Optional<String> rule,
        Optional<List<String>> executions)
        implements Step {}

    record Wait(Duration time) implements Step {}

    /// @param trust by aspect, of all subjects
    record Given(Map<String, Object> context, Map<String, Double> trust, Optional<Double> risk) implements Step {
      public Given {
        context = Map.copyOf(context);
        trust = Map.copyOf(trust);
      }
    }
  }
}
