package io.trivet.mqtt;

import io.trivet.broker.Authenticator.Outcome;
import io.trivet.broker.ClientId;
import io.trivet.broker.ConnectRefusal;
import io.trivet.broker.ConnectRequest;
import io.trivet.broker.Counter;
import io.trivet.broker.Message;
import io.trivet.broker.Session;
import io.trivet.broker.Will;
import io.trivet.mqtt.codec.ConnAck;
import io.trivet.mqtt.codec.Connect;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Version;
import java.util.Optional;

/// The client is who it says; its session may still have to come from another loop.
final class AwaitSession implements Phase {
  private static final long NEVER_EXPIRES_SECONDS = 0xFFFF_FFFFL;

  private final MqttConnection connection;
  private final Connect connect;
  private final ClientId clientId;
  private final Outcome.Accepted accepted;
  private final Terms terms;

  /// What the two sides agree on.
  ///
  /// @param keepAliveSeconds granted; 0 for none
  /// @param expirySeconds granted
  record Terms(int keepAliveSeconds, boolean keepAliveChanged, long expirySeconds, boolean expiryChanged) {}

  private AwaitSession(
      MqttConnection connection, Connect connect, ClientId clientId, Outcome.Accepted accepted) {
    this.connection = connection;
    this.connect = connect;
    this.clientId = clientId;
    this.accepted = accepted;
    this.terms = terms();
  }

  static void begin(MqttConnection connection, Connect connect, ClientId clientId, Outcome.Accepted accepted) {
    AwaitSession phase = new AwaitSession(connection, connect, clientId, accepted);
    connection.phase(phase);
    phase.ask();
  }

  private Terms terms() {
    long most = connection.loop().limits().sessionExpiryMax().toSeconds();
    long wanted = connect.version() == Version.V5
        ? connect.sessionExpirySeconds()
        : connect.cleanStart() ? 0 : NEVER_EXPIRES_SECONDS;
    long granted = Math.min(wanted, most);
    int keepAliveMost = (int) connection.settings().keepAliveMax().toSeconds();
    int asked = connect.keepAliveSeconds();
    int keepAlive = asked == 0 || asked > keepAliveMost ? keepAliveMost : asked;
    return new Terms(keepAlive, keepAlive != asked, granted, granted != wanted);
  }

  private void ask() {
    connection.pause(true);
    Connected next = new Connected(connection, connect, clientId, terms, this);
    connection.loop().sessions().connect(new ConnectRequest(
        clientId, connection.peer(), accepted.principal(), connect.cleanStart(), terms.expirySeconds(),
        connect.receiveMaximum(), will(), next));
  }

  private Optional<Will> will() {
    return connect.will().map(w -> new Will(
        new Message(w.topic(), w.payload(), w.qos(), w.retain(), w.properties(), Message.NEVER, clientId),
        w.delaySeconds(), w.messageExpirySeconds()));
  }

  void attached(Connected next, Session session, boolean present) {
    if (!connection.context().authenticator().isCurrent(accepted.principal())) {
      // Revoked while its credential was being checked: whoever revoked it saw no connection to end.
      connection.loop().sessions().disconnected(session, next, false);
      refused(ConnectRefusal.REVOKED);
      return;
    }
    connection.loop().counters().increment(Counter.CONNECTS_ACCEPTED);
    connection.watcher().connected(
        connection.peer(), clientId, accepted.principal(), connect.version().toString(), present);
    connection.send(connAck(present));
    if (!connection.isOpen()) { // even that was more than the client takes
      connection.loop().sessions().disconnected(session, next, false);
      return;
    }
    connection.phase(next);
    connection.watch(terms.keepAliveSeconds() * 1_500_000_000L);
    connection.pause(false);
    session.resume();
  }

  private ConnAck connAck(boolean present) {
    MqttSettings s = connection.settings();
    ConnAck.Builder b = ConnAck.accepted(present);
    if (connect.version() != Version.V5) {
      return b.build();
    }
    if (connect.clientId().isEmpty()) {
      b.assignedClientId(clientId.text());
    }
    if (terms.expiryChanged()) {
      b.sessionExpirySeconds(terms.expirySeconds());
    }
    if (terms.keepAliveChanged()) {
      b.serverKeepAlive(terms.keepAliveSeconds());
    }
    connect.authenticationMethod().ifPresent(m -> {
      b.authenticationMethod(m);
      if (!accepted.data().isEmpty()) {
        b.authenticationData(accepted.data());
      }
    });
    return b.receiveMaximum(s.receiveMaximum())
        .maximumPacketSize(s.decode().packetBytesMax())
        .topicAliasMaximum(s.topicAliasMaximum())
        .build();
  }

  void refused(ConnectRefusal why) {
    String name = switch (why) {
      case SESSIONS_MAX -> "sessions-max";
      case REVOKED -> "revoked";
      case NOT_ALLOWED -> "not-allowed";
    };
    connection.watcher().refused(connection.peer(), clientId.text(), name, "no session was given");
    refuse(why == ConnectRefusal.SESSIONS_MAX ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.NOT_AUTHORIZED, name);
  }

  @Override
  public void on(Packet p) {
    throw new AssertionError("fed while paused");
  }

  @Override
  public void refuse(ReasonCode code, String why) {
    connection.loop().counters().increment(Counter.CONNECTS_REFUSED);
    connection.sendLast(ConnAck.refusal(code), why);
  }

  @Override
  public void silent() {
    refuse(ReasonCode.SERVER_BUSY, "no session in time");
  }

  @Override
  public void ended(String why) {}

  @Override
  public String clientId() {
    return clientId.text();
  }

}
