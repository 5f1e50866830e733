package io.trivet.mqtt.codec;

/// Ends the connection and says why (MQTT 5.0, section 3.14).
///
/// @param sessionExpirySeconds a new session expiry, or -1 to leave it
/// @param serverReference another server to use; empty for none
public record Disconnect(
    ReasonCode reason, String reasonString, long sessionExpirySeconds, String serverReference) implements Packet {
  public static final Disconnect NORMAL = new Disconnect(ReasonCode.SUCCESS, "");

  public Disconnect(ReasonCode reason, String reasonString) {
    this(reason, reasonString, -1, "");
  }

  @Override
  public Packet withoutDiagnostics() {
    return new Disconnect(reason, "", sessionExpirySeconds, serverReference);
  }
}
