package io.trivet.smqtt.client;

import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.Topics;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttClient;
import org.eclipse.paho.client.mqttv3.IMqttMessageListener;
import org.eclipse.paho.client.mqttv3.MqttException;

/// Eclipse Paho's blocking client for MQTT 3.1.1.
public final class PahoV3 {
  private static final int AT_LEAST_ONCE = 1;

  private PahoV3() {}

  /// Publishes with QoS 1: Paho's blocking client returns when the broker has acknowledged.
  public static Smqtt.Transport<MqttException> over(IMqttClient client) {
    return p -> client.publish(p.topic(), p.payload().toArray(), AT_LEAST_ONCE, p.retain());
  }

  /// Subscribes to every sender's keys, then to the filter. The receiver is called on Paho's thread.
  public static void subscribe(IMqttClient client, Smqtt opening, String filter, Consumer<Opened> receiver)
      throws MqttException {
    IMqttMessageListener listener =
        (topic, message) -> opening.open(topic, message.getPayload()).forEach(receiver);
    client.subscribe(Topics.ALL_KEYS, AT_LEAST_ONCE, listener);
    client.subscribe(filter, AT_LEAST_ONCE, listener);
  }
}
