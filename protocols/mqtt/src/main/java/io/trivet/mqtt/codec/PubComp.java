package io.trivet.mqtt.codec;

/// Ends the exchange of a QoS 2 message (MQTT 5.0, section 3.7).
///
/// @param packetId 1 to 65,535
/// @param reason always SUCCESS before 5.0
public record PubComp(int packetId, ReasonCode reason, String reasonString) implements Packet {
  public PubComp(int packetId, ReasonCode reason) {
    this(packetId, reason, "");
  }

  public PubComp(int packetId) {
    this(packetId, ReasonCode.SUCCESS, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new PubComp(packetId, reason, "");
  }
}
