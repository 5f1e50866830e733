package io.trivet.policy;

import io.trivet.base.Bytes;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import java.net.URI;
import java.time.Duration;

/// Something to do beside what is decided. Whoever asked for the decision does it; here it is only said.
public sealed interface Execution {
  /// @param level how grave it is: `info`, `warn` or `alarm`
  record Publish(TopicName topic, Bytes payload, QoS qos, boolean retain, String level) implements Execution {}

  /// @param whom a device, an address or a network, as the rule worked it out
  record Ban(String whom, Duration time) implements Execution {}

  /// @param whom a client identifier
  /// @param reason the reason code of MQTT 5.0 to end the connection with
  record Disconnect(String whom, int reason) implements Execution {}

  /// @param body JSON that says what happened
  record Webhook(URI to, String body) implements Execution {}

  /// @param by negative to lower it
  record RaiseTrust(String subject, String aspect, double by) implements Execution {}

  /// @param by negative to lower it
  record RaiseRisk(String subject, double by) implements Execution {}
}
