package io.trivet.lab.durability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// MQTT 5.0, section 4.6: messages of one publisher to one topic at the same QoS arrive in the order they
/// were sent. Where one comes again its first delivery counts. Shared subscriptions are under no such rule.
final class OrderKept implements Invariant {
  private record Lane(int publisher, String topic, int qos) {}

  @Override
  public String promise() {
    return "first deliveries of one publisher, topic and QoS keep their order";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    List<String> breaches = new ArrayList<>();
    for (Receiver r : evidence.receivers()) {
      breaches.addAll(breaches(evidence, r));
    }
    return breaches;
  }

  static List<String> breaches(Evidence evidence, Receiver receiver) {
    if (receiver.isShared()) {
      return List.of();
    }
    List<String> breaches = new ArrayList<>();
    Map<Lane, Message.Id> last = new HashMap<>();
    Set<Message.Id> seen = new HashSet<>();
    for (Message.Id id : evidence.deliveredTo(receiver)) {
      Message m = evidence.published().get(id);
      if (m != null && seen.add(id)) {
        Message.Id before = last.put(new Lane(id.publisher(), m.topic(), m.qos()), id);
        if (before != null && before.number() > id.number()) {
          breaches.add(receiver.name() + " got " + m + " after " + before);
        }
      }
    }
    return breaches;
  }
}
