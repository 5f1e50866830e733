package io.trivet.mqtt.codec;

/// Takes a QoS 2 message, or refuses it (MQTT 5.0, section 3.5).
///
/// @param packetId 1 to 65,535
/// @param reason always SUCCESS before 5.0
public record PubRec(int packetId, ReasonCode reason, String reasonString) implements Packet {
  public PubRec(int packetId, ReasonCode reason) {
    this(packetId, reason, "");
  }

  public PubRec(int packetId) {
    this(packetId, ReasonCode.SUCCESS, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new PubRec(packetId, reason, "");
  }
}
