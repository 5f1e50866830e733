package io.trivet.mqtt.codec;

import java.util.List;

/// What became of each filter to drop, in their order (MQTT 5.0, section 3.11). Before 5.0 it carries no reasons.
public record UnsubAck(int packetId, List<ReasonCode> reasons, String reasonString) implements Packet {
  public UnsubAck {
    reasons = List.copyOf(reasons);
  }

  public UnsubAck(int packetId, List<ReasonCode> reasons) {
    this(packetId, reasons, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new UnsubAck(packetId, reasons, "");
  }
}
