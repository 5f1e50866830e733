package io.trivet.lab.smqtt;

import io.trivet.smqtt.Publication;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/// A key header as a message of Paho's.
final class PahoV5Message {
  private PahoV5Message() {}

  static MqttMessage retained(Publication header) {
    MqttMessage m = new MqttMessage(header.payload().toArray());
    m.setQos(1);
    m.setRetained(true);
    return m;
  }
}
