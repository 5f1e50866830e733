package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;

/// One step of an authentication exchange (MQTT 5.0, section 3.15).
///
/// @param method the authentication method; empty where the packet names none
/// @param data empty for none
public record Auth(ReasonCode reason, String method, Bytes data, String reasonString) implements Packet {
  public Auth(ReasonCode reason, String method, Bytes data) {
    this(reason, method, data, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new Auth(reason, method, data, "");
  }
}
