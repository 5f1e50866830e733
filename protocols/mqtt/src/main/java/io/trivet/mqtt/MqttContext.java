package io.trivet.mqtt;

import io.trivet.base.Randomness;
import io.trivet.broker.Authenticator;

/// What all MQTT connections of a server have in common.
public record MqttContext(MqttSettings settings, Authenticator authenticator, Randomness randomness) {}
