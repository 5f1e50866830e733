package io.trivet.lab.durability;

import java.util.List;

/// Whom messages are for: one durable subscriber, or a group that shares a subscription.
///
/// @param filter without `$share` and the group's name
/// @param qos of the subscription
/// @param members names of the subscribers
record Receiver(String name, Filter filter, int qos, List<String> members) {
  boolean isShared() {
    return members.size() > 1;
  }

  boolean wants(Message m) {
    return filter.matches(m.topic());
  }

  /// The QoS that `m` comes with.
  int qosOf(Message m) {
    return Math.min(qos, m.qos());
  }
}
