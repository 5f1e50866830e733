package io.trivet.mqtt.codec;

/// Takes a QoS 1 message (MQTT 5.0, section 3.4).
///
/// @param packetId 1 to 65,535
/// @param reason always SUCCESS before 5.0
public record PubAck(int packetId, ReasonCode reason, String reasonString) implements Packet {
  public PubAck(int packetId, ReasonCode reason) {
    this(packetId, reason, "");
  }

  public PubAck(int packetId) {
    this(packetId, ReasonCode.SUCCESS, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new PubAck(packetId, reason, "");
  }
}
