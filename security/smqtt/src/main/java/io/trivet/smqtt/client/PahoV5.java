package io.trivet.smqtt.client;

import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Smqtt;
import org.eclipse.paho.mqttv5.client.IMqttAsyncClient;
import org.eclipse.paho.mqttv5.client.IMqttClient;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/// Eclipse Paho's clients for MQTT 5. To receive, hand what its callback is given to [Smqtt#open].
public final class PahoV5 {
  private static final int AT_LEAST_ONCE = 1;

  /// Reason codes from here on are refusals (MQTT 5.0, section 2.4).
  private static final int REFUSED = 0x80;

  private PahoV5() {}

  /// Publishes with QoS 1; headers expire at the broker when they are over. A refusal is thrown with its reason code.
  public static Smqtt.Transport<MqttException> over(IMqttAsyncClient client) {
    return p -> {
      IMqttToken token = client.publish(p.topic(), message(p));
      token.waitForCompletion();
      for (int code : token.getReasonCodes()) {
        if (code >= REFUSED) {
          throw new MqttException(code);
        }
      }
    };
  }

  /// The same with the blocking client, which keeps to itself what the broker refused: where that is to be known, give
  /// the other.
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
