package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;

/// The will of a CONNECT (MQTT 5.0, sections 3.1.2.5 and 3.1.3.2).
///
/// @param delaySeconds 0 to 4,294,967,295
/// @param messageExpirySeconds -1 for never
public record WillMessage(
    TopicName topic,
    Bytes payload,
    QoS qos,
    boolean retain,
    MessageProperties properties,
    long delaySeconds,
    long messageExpirySeconds) {}
