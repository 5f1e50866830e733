package io.trivet.smqtt.client;

import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Smqtt;
import org.eclipse.paho.mqttv5.client.IMqttClient;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/// Eclipse Paho's blocking client for MQTT 5. To receive, hand what its callback is given to [Smqtt#open].
public final class PahoV5 {
  private static final int AT_LEAST_ONCE = 1;

  private PahoV5() {}

  /// Publishes with QoS 1; headers expire at the broker when they are over.
  public static Smqtt.Transport<MqttException> over(IMqttClient client) {
    return p -> client.publish(p.topic(), message(p));
  }

  static MqttMessage message(Publication p) {
    MqttProperties properties = new MqttProperties();
    if (p.expirySeconds() > 0) {
      properties.setMessageExpiryInterval(p.expirySeconds());
    }
    return new MqttMessage(p.payload().toArray(), AT_LEAST_ONCE, p.retain(), properties);
  }
}
