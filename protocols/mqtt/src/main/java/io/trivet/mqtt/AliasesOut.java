package io.trivet.mqtt;

import io.trivet.broker.TopicName;
import java.util.HashMap;
import java.util.Map;

/// The topic aliases this server has set towards one client (MQTT 5.0, section 3.3.2.3.4): the first topics get one,
/// as most clients receive few topics or none often.
final class AliasesOut {
  private final int maximum;
  private Map<TopicName, Integer> byTopic = Map.of();
  private boolean known;

  AliasesOut(int maximum) {
    this.maximum = maximum;
  }

  /// The topic's alias, or 0 for none; [#wasKnown()] then tells whether the client knows it already.
  int of(TopicName topic) {
    known = false;
    if (maximum == 0) {
      return 0;
    }
    Integer alias = byTopic.get(topic);
    if (alias != null) {
      known = true;
      return alias;
    }
    if (byTopic.size() >= maximum) {
      return 0;
    }
    if (byTopic.isEmpty()) {
      byTopic = new HashMap<>(4);
    }
    byTopic.put(topic, byTopic.size() + 1);
    return byTopic.size();
  }

  boolean wasKnown() {
    return known;
  }
}
