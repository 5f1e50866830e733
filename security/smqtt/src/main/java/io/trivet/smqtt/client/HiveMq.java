package io.trivet.smqtt.client;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Smqtt;
import java.util.List;

/// HiveMQ's blocking client for MQTT 5.
public final class HiveMq {
  private HiveMq() {}

  /// Publishes with QoS 1; headers expire at the broker when they are over.
  public static Smqtt.Transport<RuntimeException> over(Mqtt5BlockingClient client) {
    return p -> client.publish(message(p));
  }

  static Mqtt5Publish message(Publication p) {
    Mqtt5PublishBuilder.Complete b =
        Mqtt5Publish.builder().topic(p.topic()).payload(p.payload().toArray()).qos(MqttQos.AT_LEAST_ONCE).retain(p.retain());
    return (p.expirySeconds() > 0 ? b.messageExpiryInterval(p.expirySeconds()) : b).build();
  }

  /// What a received publication, of a key topic or another, says.
  public static List<Opened> open(Smqtt opening, Mqtt5Publish received) {
    return opening.open(received.getTopic().toString(), received.getPayloadAsBytes());
  }
}
