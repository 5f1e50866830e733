package io.trivet.mqtt.codec;

import io.trivet.broker.TopicLimits;

/// What a decoder refuses from the size alone, before it allocates.
///
/// @param packetBytesMax a whole packet, 16 to 268,435,460 bytes
/// @param connectBytesMax the first packet, which nobody has vouched for yet
/// @param topic length and depth of topic names and filters
/// @param userPropertiesMax in one packet
/// @param filtersPerPacketMax in one SUBSCRIBE or UNSUBSCRIBE
public record DecodeLimits(
    int packetBytesMax,
    int connectBytesMax,
    TopicLimits topic,
    int userPropertiesMax,
    int filtersPerPacketMax) {
  public static final DecodeLimits DEFAULT =
      new DecodeLimits(1 << 20, 64 << 10, TopicLimits.DEFAULT, 64, 256);
}
