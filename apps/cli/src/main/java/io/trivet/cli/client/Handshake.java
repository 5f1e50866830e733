package io.trivet.cli.client;

import io.trivet.base.Bytes;
import io.trivet.mqtt.codec.Auth;
import io.trivet.mqtt.codec.ConnAck;
import io.trivet.mqtt.codec.Connect;
import io.trivet.mqtt.codec.Disconnect;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Version;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// From CONNECT to CONNACK, with an exchange of AUTH between where SCRAM was asked for.
final class Handshake {
  private static final int NONCE_BYTES = 18;

  private final ClientSettings settings;
  private final PacketStream stream;
  private final @Nullable ScramClient scram;

  Handshake(ClientSettings settings, PacketStream stream) {
    this.settings = settings;
    this.stream = stream;
    this.scram = settings.scram() ? scram(settings) : null;
  }

  private static ScramClient scram(ClientSettings s) {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    return new ScramClient(
        s.userName().orElseThrow(), s.password().orElseThrow(), Base64.getEncoder().encodeToString(nonce));
  }

  private Connect connect() {
    ScramClient exchange = scram;
    return new Connect(settings.version(), settings.clientId(), settings.cleanStart(), settings.keepAliveSeconds(),
        exchange == null ? settings.userName() : Optional.empty(),
        exchange == null ? settings.password() : Optional.empty(),
        settings.will(), settings.version() == Version.V5 ? settings.sessionExpirySeconds() : 0,
        settings.receiveMaximum(), Connect.NO_MAXIMUM, 0, false, true, settings.userProperties(),
        exchange == null ? Optional.empty() : Optional.of(ScramClient.METHOD),
        exchange == null ? Bytes.EMPTY : exchange.first());
  }

  /// @throws ClientFailure where the server refuses, with its reason
  ConnAck complete() throws IOException {
    stream.send(connect());
    while (true) {
      switch (stream.next()) {
        case ConnAck a -> {
          return accepted(a);
        }
        case Auth a -> step(a);
        case Disconnect d -> throw new ClientFailure("the server refused the connection: " + Words.of(d));
        case null -> throw new ClientFailure("the server closed the connection without an answer to CONNECT");
        case Packet p -> throw new ClientFailure(
            "the server sent " + p.getClass().getSimpleName() + " before it accepted the connection");
      }
    }
  }

  private void step(Auth a) throws IOException {
    ScramClient exchange = scram;
    if (exchange == null || a.reason() != ReasonCode.CONTINUE_AUTHENTICATION
        || !a.method().equals(ScramClient.METHOD)) {
      throw new ClientFailure("the server sent an AUTH that nobody asked for");
    }
    stream.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, ScramClient.METHOD, exchange.answer(a.data())));
  }

  private ConnAck accepted(ConnAck a) throws IOException {
    if (a.reason() != ReasonCode.SUCCESS) {
      throw new ClientFailure("the server refused the connection: " + Words.of(a.reason(), a.reasonString()));
    }
    if (settings.cleanStart() && a.sessionPresent()) {
      throw new ClientFailure("the server found a session where a new one was asked for");
    }
    ScramClient exchange = scram;
    if (exchange != null && !exchange.isProof(a.authenticationData())) {
      throw new ClientFailure("the server could not show that it knows the password: it may not be the one you mean");
    }
    return a;
  }
}
