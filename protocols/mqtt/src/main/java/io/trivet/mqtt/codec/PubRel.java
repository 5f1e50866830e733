package io.trivet.mqtt.codec;

/// Releases the packet id of a QoS 2 message (MQTT 5.0, section 3.6).
///
/// @param packetId 1 to 65,535
/// @param reason always SUCCESS before 5.0
public record PubRel(int packetId, ReasonCode reason, String reasonString) implements Packet {
  public PubRel(int packetId, ReasonCode reason) {
    this(packetId, reason, "");
  }

  public PubRel(int packetId) {
    this(packetId, ReasonCode.SUCCESS, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new PubRel(packetId, reason, "");
  }
}
