package io.trivet.mqtt.codec;

import java.util.List;

/// What became of each filter, in their order (MQTT 5.0, section 3.9). Before 5.0 every failure is 0x80.
public record SubAck(int packetId, List<ReasonCode> reasons, String reasonString) implements Packet {
  public SubAck {
    reasons = List.copyOf(reasons);
  }

  public SubAck(int packetId, List<ReasonCode> reasons) {
    this(packetId, reasons, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new SubAck(packetId, reasons, "");
  }
}
