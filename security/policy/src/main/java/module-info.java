/// SecKit: rules of event, condition and action over every message, with time, context and trust.
module io.trivet.policy {
  requires transitive io.trivet.broker;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires static transitive org.jspecify;

  exports io.trivet.policy;
  exports io.trivet.policy.time;
  exports io.trivet.policy.trust;
}
