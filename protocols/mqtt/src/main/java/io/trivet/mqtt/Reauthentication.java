package io.trivet.mqtt;

import io.trivet.base.Bytes;
import io.trivet.broker.Authenticator;
import io.trivet.broker.Authenticator.Outcome;
import io.trivet.broker.ClientId;
import io.trivet.mqtt.codec.Auth;
import io.trivet.mqtt.codec.ReasonCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A connected client proves itself anew (MQTT 5.0, section 4.12.1); its messages go on meanwhile.
final class Reauthentication {
  private final MqttConnection connection;
  private final Connected connected;
  private final Authenticator.Exchange exchange;
  private boolean underWay;

  private Reauthentication(MqttConnection connection, Connected connected, Authenticator.Exchange exchange) {
    this.connection = connection;
    this.connected = connected;
    this.exchange = exchange;
  }

  static @Nullable Reauthentication begin(MqttConnection connection, Connected connected, ClientId clientId) {
    Optional<Authenticator.Exchange> exchange = connection.context().authenticator()
        .begin(connection.peer(), Optional.of(clientId), connected.method());
    if (exchange.isEmpty()) {
      connection.disconnect(ReasonCode.BAD_AUTHENTICATION_METHOD, "the method is no longer served");
      return null;
    }
    return new Reauthentication(connection, connected, exchange.get());
  }

  void step(Bytes data) {
    if (underWay) {
      connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-4.12.1-1", "an AUTH before the last was answered");
      return;
    }
    underWay = true;
    exchange.step(data, outcome -> connection.loop().later(_ -> {
      underWay = false;
      if (connection.isOpen()) {
        decided(outcome);
      }
    }));
  }

  private void decided(Outcome outcome) {
    switch (outcome) {
      case Outcome.Continue(Bytes data) ->
          connection.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, connected.method(), data));
      case Outcome.Accepted accepted -> {
        if (!accepted.principal().device().equals(connected.session().principal().device())) {
          connection.disconnect(ReasonCode.NOT_AUTHORIZED, "re-authenticated as another device");
          return;
        }
        connected.session().reauthenticated(accepted.principal());
        connected.reauthenticationDone();
        connection.send(new Auth(ReasonCode.SUCCESS, connected.method(), accepted.data()));
      }
      case Outcome.Refused(Authenticator.Refusal refusal, String log) -> {
        connection.watcher().refused(
            connection.peer(), connected.clientId(), Authenticating.name(refusal), "re-authentication: " + log);
        connection.disconnect(Authenticating.code(refusal), "re-authentication failed");
      }
    }
  }
}
