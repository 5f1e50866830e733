package io.trivet.mqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.Authenticator;
import io.trivet.broker.Authenticator.Outcome;
import io.trivet.broker.ClientId;
import io.trivet.broker.Counter;
import io.trivet.mqtt.codec.Auth;
import io.trivet.mqtt.codec.ConnAck;
import io.trivet.mqtt.codec.Connect;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Version;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A CONNECT came: who is it? The answer comes from elsewhere; nothing more is read until it is there, except the AUTH
/// packets of an exchange (MQTT 5.0, section 4.12).
final class Authenticating implements Phase {
  private static final int ASSIGNED_ID_BYTES = 12;

  private final MqttConnection connection;
  private final Connect connect;
  private Authenticator.@Nullable Exchange exchange;

  private Authenticating(MqttConnection connection, Connect connect) {
    this.connection = connection;
    this.connect = connect;
  }

  static void begin(MqttConnection connection, Connect connect) {
    Authenticating phase = new Authenticating(connection, connect);
    connection.phase(phase);
    phase.begin();
  }

  private void begin() {
    Version v = connect.version();
    Optional<ClientId> clientId = Optional.empty();
    if (connect.clientId().isEmpty()) {
      if (v == Version.V3_1 || v == Version.V3_1_1 && !connect.cleanStart()) {
        refuse(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "an empty client identifier (MQTT-3.1.3-8)");
        return;
      }
    } else {
      switch (ClientId.parse(connect.clientId())) {
        case Parsed.Valid<ClientId>(ClientId id) -> clientId = Optional.of(id);
        case Parsed.Invalid<ClientId>(String rule, String what) -> {
          refuse(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, what + " (" + rule + ")");
          return;
        }
      }
    }
    Authenticator authenticator = connection.context().authenticator();
    if (connect.authenticationMethod().isPresent()) {
      Optional<Authenticator.Exchange> known =
          authenticator.begin(connection.peer(), clientId, connect.authenticationMethod().get());
      if (known.isEmpty()) {
        refuse(ReasonCode.BAD_AUTHENTICATION_METHOD, "no such authentication method");
        return;
      }
      exchange = known.get();
      step(connect.authenticationData());
    } else {
      connection.pause(true);
      authenticator.authenticate(
          new Authenticator.Attempt(connection.peer(), clientId, connect.userName(), connect.password()),
          this::answered);
    }
  }

  private void step(Bytes data) {
    Authenticator.Exchange e = exchange;
    if (e == null) {
      throw new AssertionError("no exchange is under way");
    }
    connection.pause(true);
    e.step(data, this::answered);
  }

  /// From any thread.
  private void answered(Outcome outcome) {
    connection.loop().later(_ -> {
      if (connection.isOpen()) {
        connection.pause(false);
        decided(outcome);
      }
    });
  }

  private void decided(Outcome outcome) {
    switch (outcome) {
      case Outcome.Accepted accepted -> {
        ClientId id = connect.clientId().isEmpty()
            ? accepted.assigned().orElseGet(this::freshId) : new ClientId(connect.clientId());
        AwaitSession.begin(connection, connect, id, accepted);
      }
      case Outcome.Continue(Bytes data) ->
          connection.send(new Auth(ReasonCode.CONTINUE_AUTHENTICATION, method(), data));
      case Outcome.Refused(Authenticator.Refusal refusal, String log) -> {
        connection.watcher().refused(connection.peer(), connect.clientId(), name(refusal), log);
        answerAndEnd(code(refusal), name(refusal));
      }
    }
  }

  private String method() {
    return connect.authenticationMethod().orElse("");
  }

  private ClientId freshId() {
    byte[] random = new byte[ASSIGNED_ID_BYTES];
    connection.context().randomness().fill(random);
    return new ClientId("trivet-" + HexFormat.of().formatHex(random));
  }

  static String name(Authenticator.Refusal refusal) {
    return switch (refusal) {
      case BAD_CREDENTIAL -> "bad-credential";
      case NOT_AUTHORIZED -> "not-authorized";
      case CLIENT_ID_NOT_ALLOWED -> "client-id-not-allowed";
      case BLOCKED -> "blocked";
      case BAD_METHOD -> "bad-method";
      case TOO_BUSY -> "too-busy";
    };
  }

  static ReasonCode code(Authenticator.Refusal refusal) {
    return switch (refusal) {
      case BAD_CREDENTIAL -> ReasonCode.BAD_USER_NAME_OR_PASSWORD;
      // Whoever proved a device's key is told no more about it than a stranger.
      case NOT_AUTHORIZED, BLOCKED -> ReasonCode.NOT_AUTHORIZED;
      case CLIENT_ID_NOT_ALLOWED -> ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
      case BAD_METHOD -> ReasonCode.BAD_AUTHENTICATION_METHOD;
      case TOO_BUSY -> ReasonCode.SERVER_BUSY;
    };
  }

  @Override
  public void on(Packet p) {
    if (p instanceof Auth auth && exchange != null) {
      if (auth.reason() != ReasonCode.CONTINUE_AUTHENTICATION || !auth.method().equals(method())) {
        connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-4.12.0-3", "an AUTH that does not continue");
        return;
      }
      step(auth.data());
    } else {
      connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-4.12.0-3", "a packet in the midst of authentication");
    }
  }

  @Override
  public void refuse(ReasonCode code, String why) {
    connection.watcher().refused(connection.peer(), connect.clientId(), "protocol", why);
    answerAndEnd(code, why);
  }

  private void answerAndEnd(ReasonCode code, String why) {
    connection.loop().counters().increment(Counter.CONNECTS_REFUSED);
    connection.sendLast(ConnAck.refusal(code), why);
  }

  @Override
  public void silent() {
    connection.loop().counters().increment(Counter.LIMIT_CONNECT_DEADLINE);
    connection.watcher().refused(connection.peer(), connect.clientId(), "deadline", "authentication took too long");
    answerAndEnd(ReasonCode.NOT_AUTHORIZED, "authentication took too long");
  }

  @Override
  public void ended(String why) {}

  @Override
  public String clientId() {
    return connect.clientId();
  }
}
