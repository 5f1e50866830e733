package io.trivet.policy.file;

import io.trivet.broker.QoS;
import io.trivet.policy.Modification;
import io.trivet.policy.Verdict;
import io.trivet.policy.condition.Condition;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What a rule does once it matched.
public sealed interface Action {
  record Allow() implements Action {}

  record Deny(int reason, String tell) implements Action {}

  record Modify(Modification modification) implements Action {}

  record Delay(Duration duration, int queuedMax, Verdict.Overflow overflow) implements Action {}

  /// Something to do beside the decision.
  sealed interface Execute extends Action {}

  /// @param payload nothing for a report of the event in JSON
  record Publish(Text topic, Optional<Text> payload, QoS qos, boolean retain, String level) implements Execute {}

  record Ban(Condition whom, Duration time) implements Execute {}

  record Disconnect(Condition whom, int reason) implements Execute {}

  record Webhook(URI to) implements Execute {}

  /// @param aspect of trust; empty for risk
  record Raise(Optional<String> aspect, Condition whom, double by) implements Execute {}
}
