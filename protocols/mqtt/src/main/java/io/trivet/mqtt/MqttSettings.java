package io.trivet.mqtt;

import io.trivet.mqtt.codec.DecodeLimits;
import java.time.Duration;

/// What the server asks of MQTT clients beyond the protocol itself.
///
/// @param decode sizes and counts refused before anything is allocated for them
/// @param connectDeadline how long a connection may take from its first byte to its session
/// @param keepAliveMax the longest keep alive granted; longer ones, and none, become this
/// @param receiveMaximum QoS 1 and 2 messages a client may have unacknowledged, 1 to 65,535
/// @param topicAliasMaximum topic aliases a client may set, 0 to 65,535
/// @param topicAliasesOut topic aliases the server sets towards a client that takes them, 0 to 65,535
public record MqttSettings(
    DecodeLimits decode,
    Duration connectDeadline,
    Duration keepAliveMax,
    int receiveMaximum,
    int topicAliasMaximum,
    int topicAliasesOut) {

  public static final MqttSettings DEFAULT =
      new MqttSettings(DecodeLimits.DEFAULT, Duration.ofSeconds(10), Duration.ofHours(1), 1_000, 32, 32);
}
