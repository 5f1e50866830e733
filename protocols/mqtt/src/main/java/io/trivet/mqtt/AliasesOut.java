package io.trivet.mqtt;

import io.trivet.broker.TopicName;
import java.util.HashMap;
import java.util.Map;

/// The topic aliases this server has set towards one client (MQTT 5.0, section 3.3.2.3.4): the first topics get one,
/// as most clients receive few topics or none often.
final class AliasesOut {
  private final int maximum;
  private Map<TopicName, Integer> byTopic = Map.of();

  AliasesOut(int maximum) {
    this.maximum = maximum;
  }

  /// The alias the client knows for the topic, or 0.
  int of(TopicName topic) {
    if (maximum == 0) {
      return 0;
    }
    Integer alias = byTopic.get(topic);
    return alias == null ? 0 : alias;
  }

  boolean hasRoom() {
    return byTopic.size() < maximum;
  }

  /// What [#set] will give to a topic.
  int next() {
    return byTopic.size() + 1;
  }

  void set(TopicName topic) {
    int alias = next();
    if (byTopic.isEmpty()) {
      byTopic = new HashMap<>(4);
    }
    byTopic.put(topic, alias);
  }
}
