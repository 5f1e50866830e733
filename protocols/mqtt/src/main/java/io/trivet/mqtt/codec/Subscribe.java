package io.trivet.mqtt.codec;

import io.trivet.broker.UserProperty;
import java.util.List;

/// Asks for subscriptions (MQTT 5.0, section 3.8).
///
/// @param subscriptionId 1 to 268,435,455, or 0 for none
public record Subscribe(
    int packetId, List<Subscription> subscriptions, int subscriptionId, List<UserProperty> userProperties)
    implements Packet {
  public Subscribe {
    subscriptions = List.copyOf(subscriptions);
    userProperties = List.copyOf(userProperties);
  }
}
