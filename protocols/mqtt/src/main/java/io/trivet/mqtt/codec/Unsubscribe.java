package io.trivet.mqtt.codec;

import io.trivet.base.Parsed;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.UserProperty;
import java.util.List;

/// Drops subscriptions (MQTT 5.0, section 3.10).
///
/// @param texts the filters as they came
/// @param filters the same parsed, each possibly no filter at all
public record Unsubscribe(
    int packetId, List<String> texts, List<Parsed<SubscriptionFilter>> filters, List<UserProperty> userProperties)
    implements Packet {
  public Unsubscribe {
    texts = List.copyOf(texts);
    filters = List.copyOf(filters);
    userProperties = List.copyOf(userProperties);
  }
}
