package io.trivet.lab.durability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// QoS 2 from end to end is exactly once, also where the publisher had to send it again.
final class NothingTwice implements Invariant {
  @Override
  public String promise() {
    return "a message published and subscribed to at QoS 2 is delivered once";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    List<String> breaches = new ArrayList<>();
    for (Receiver r : evidence.receivers()) {
      repeated(evidence, r, 2).forEach((m, times) -> breaches.add(r.name() + " got " + m + " " + times + " times"));
    }
    return breaches;
  }

  /// Messages that came to `receiver` at `qos` more than once, and how often.
  static Map<Message, Integer> repeated(Evidence evidence, Receiver receiver, int qos) {
    Map<Message, Integer> times = new HashMap<>();
    for (Message.Id id : evidence.deliveredTo(receiver)) {
      Message m = evidence.published().get(id);
      if (m != null && receiver.qosOf(m) == qos) {
        times.merge(m, 1, Integer::sum);
      }
    }
    times.values().removeIf(n -> n == 1);
    return times;
  }
}
