package io.trivet.smqtt;

import io.trivet.base.Bytes;

/// What to publish.
///
/// @param header whether it is a key header: publish it retained with QoS 1, and let it be acknowledged before the
///     message that follows. Of a message, QoS and retain are the application's to choose.
/// @param expirySeconds of a header: for MQTT 5's Message Expiry Interval, so that the broker forgets it in time;
///     0 says none
public record Publication(String topic, Bytes payload, boolean header, long expirySeconds) {
  static Publication message(String topic, byte[] payload) {
    return new Publication(topic, Bytes.wrap(payload), false, 0);
  }

  public boolean retain() {
    return header;
  }
}
