package io.trivet.mqtt;

import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;
import java.util.Optional;

/// What a connection waits for next.
sealed interface Phase permits AwaitConnect, Authenticating, AwaitSession, Connected, Closed {
  void on(Packet p);

  /// Says no in the way of this phase (CONNACK before a session, DISCONNECT after) and ends the connection.
  void refuse(ReasonCode code, String why);

  /// The time given with [MqttConnection#watch] has passed in silence.
  void silent();

  /// Whether that time counts from the start of the watch whatever comes, as for the CONNECT deadline.
  default boolean countsFromStart() {
    return true;
  }

  default boolean maySendDisconnect() {
    return false;
  }

  /// The packet as the client takes it by size and by its Request Problem Information; empty where it cannot.
  default Optional<Packet> fitting(Packet p) {
    return Optional.of(p);
  }

  /// The connection has ended.
  void ended(String why);

  /// As the peer named itself, for the log; empty before it has.
  default String clientId() {
    return "";
  }
}
