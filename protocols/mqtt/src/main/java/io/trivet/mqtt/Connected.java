package io.trivet.mqtt;

import io.trivet.base.Parsed;
import io.trivet.broker.Client;
import io.trivet.broker.ClientId;
import io.trivet.broker.ConnectRefusal;
import io.trivet.broker.Counter;
import io.trivet.broker.Message;
import io.trivet.broker.QoS;
import io.trivet.broker.Session;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.SubscribeRequest;
import io.trivet.broker.SubscribeResult;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.mqtt.codec.Auth;
import io.trivet.mqtt.codec.ByteSink;
import io.trivet.mqtt.codec.Connect;
import io.trivet.mqtt.codec.Disconnect;
import io.trivet.mqtt.codec.Encoder;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.PingReq;
import io.trivet.mqtt.codec.PingResp;
import io.trivet.mqtt.codec.PubAck;
import io.trivet.mqtt.codec.PubComp;
import io.trivet.mqtt.codec.PubRec;
import io.trivet.mqtt.codec.PubRel;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.PublishEncoding;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.SubAck;
import io.trivet.mqtt.codec.Subscribe;
import io.trivet.mqtt.codec.Subscription;
import io.trivet.mqtt.codec.UnsubAck;
import io.trivet.mqtt.codec.Unsubscribe;
import io.trivet.mqtt.codec.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A client with its session: everything between CONNACK and the end.
final class Connected implements Phase, Client {
  private final MqttConnection connection;
  private final ClientId clientId;
  private final AwaitSession before;
  private final boolean v5;
  private final boolean problemInformation;
  private final long packetBytesMax;
  private final long connectExpirySeconds;
  private final Inbound inbound;
  private final AliasesOut aliases;
  private final String method;
  private @Nullable Session session;
  private @Nullable Reauthentication reauthentication;
  private boolean normalEnd;

  Connected(
      MqttConnection connection, Connect connect, ClientId clientId, AwaitSession.Terms terms, AwaitSession before) {
    this.connection = connection;
    this.clientId = clientId;
    this.before = before;
    this.v5 = connect.version() == Version.V5;
    this.problemInformation = connect.requestProblemInformation();
    this.packetBytesMax = connect.maximumPacketSize();
    this.connectExpirySeconds = terms.expirySeconds();
    this.method = connect.authenticationMethod().orElse("");
    this.aliases =
        new AliasesOut(Math.min(connect.topicAliasMaximum(), connection.settings().topicAliasesOut()));
    this.inbound = new Inbound(connection, this);
  }

  Session session() {
    Session s = session;
    if (s == null) {
      throw new AssertionError("no session yet");
    }
    return s;
  }

  boolean isV5() {
    return v5;
  }

  String method() {
    return method;
  }

  // --- Client -------------------------------------------------------------------------------------------------------

  @Override
  public void attached(Session s, boolean present) {
    session = s;
    before.attached(this, s, present);
  }

  @Override
  public void refused(ConnectRefusal why) {
    before.refused(why);
  }

  @Override
  public boolean isOpen() {
    return connection.isOpen();
  }

  @Override
  public int unsentBytes() {
    return connection.wire().unsentBytes();
  }

  @Override
  public boolean publish(Message m, QoS qos, boolean dup, boolean retain, int packetId, int[] ids) {
    PublishEncoding e = PublishEncoding.of(m, v5);
    long expiry = -1;
    if (v5 && m.expiresAtMillis() != Message.NEVER) {
      expiry = Math.max(1, (m.expiresAtMillis() - connection.loop().wallMillis() + 999) / 1_000);
    }
    int alias = aliases.of(m.topic());
    boolean known = alias > 0;
    if (!known && aliases.hasRoom()) {
      alias = aliases.next();
    }
    if (packetBytesMax < Connect.NO_MAXIMUM && e.size(qos, ids, alias, known, expiry) > packetBytesMax) {
      if (alias == 0 || known || e.size(qos, ids, 0, false, expiry) > packetBytesMax) {
        return false;
      }
      alias = 0; // the topic fits only without
    }
    if (alias > 0 && !known) {
      aliases.set(m.topic());
    }
    ByteSink sink = connection.wire().sink();
    e.write(sink, qos, dup, retain, packetId, ids, alias, known, expiry);
    return true;
  }

  @Override
  public void pubRel(int packetId) {
    connection.send(new PubRel(packetId));
  }

  @Override
  public void end(SessionEnd why) {
    session = null; // the broker has let go already
    switch (why) {
      case TAKEN_OVER -> connection.disconnect(ReasonCode.SESSION_TAKEN_OVER, "another connection took the session");
      case REVOKED -> connection.disconnect(ReasonCode.NOT_AUTHORIZED, "the device is no longer trusted");
      case NOT_ALLOWED -> connection.disconnect(ReasonCode.NOT_AUTHORIZED, "no rule allows this connection any more");
      case ADMINISTRATIVE -> connection.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, "ended by an administrator");
      case SERVER_STOPS -> connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, "the server is stopping");
    }
  }

  void roomAgain() {
    Session s = session;
    if (s != null) {
      s.roomAgain();
    }
  }

  // --- Phase --------------------------------------------------------------------------------------------------------

  @Override
  public void on(Packet p) {
    switch (p) {
      case Publish publish -> inbound.publish(publish);
      case PubAck ack -> session().acknowledged(ack.packetId());
      case PubRec rec -> {
        boolean taken = rec.reason().code() < 0x80;
        if (!session().receivedByPeer(rec.packetId(), taken) && taken) {
          connection.send(v5
              ? new PubRel(rec.packetId(), ReasonCode.PACKET_IDENTIFIER_NOT_FOUND) : new PubRel(rec.packetId()));
        }
      }
      case PubRel rel -> inbound.release(rel.packetId());
      case PubComp comp -> session().completed(comp.packetId());
      case Subscribe subscribe -> subscribe(subscribe);
      case Unsubscribe unsubscribe -> unsubscribe(unsubscribe);
      case PingReq _ -> connection.send(PingResp.INSTANCE);
      case Disconnect disconnect -> disconnected(disconnect);
      case Auth auth -> authenticateAgain(auth);
      case Connect _ -> connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-3.1.0-2", "a second CONNECT");
      default -> connection.violated(
          ReasonCode.PROTOCOL_ERROR, "MQTT-4.13.1-1", "a packet that only servers send");
    }
  }

  private void subscribe(Subscribe p) {
    List<SubscribeRequest> requests = new ArrayList<>(p.subscriptions().size());
    for (Subscription s : p.subscriptions()) {
      if (s.filter() instanceof Parsed.Valid<SubscriptionFilter>(SubscriptionFilter f)) {
        requests.add(new SubscribeRequest(
            f, s.qos(), s.noLocal(), s.retainAsPublished(), s.retainHandling(), p.subscriptionId()));
      }
    }
    connection.loop().sessions().subscribe(session(), requests, results -> {
      if (!connection.isOpen()) {
        return;
      }
      List<ReasonCode> codes = new ArrayList<>(p.subscriptions().size());
      int next = 0;
      for (Subscription s : p.subscriptions()) {
        codes.add(s.filter() instanceof Parsed.Valid<SubscriptionFilter>
            ? code(results.get(next++)) : ReasonCode.TOPIC_FILTER_INVALID);
      }
      connection.send(new SubAck(p.packetId(), codes));
    });
  }

  private static ReasonCode code(SubscribeResult r) {
    return switch (r) {
      case GRANTED_QOS_0 -> ReasonCode.SUCCESS;
      case GRANTED_QOS_1 -> ReasonCode.GRANTED_QOS_1;
      case GRANTED_QOS_2 -> ReasonCode.GRANTED_QOS_2;
      case NOT_AUTHORIZED -> ReasonCode.NOT_AUTHORIZED;
      case QUOTA_EXCEEDED -> ReasonCode.QUOTA_EXCEEDED;
      case STORE_FAILED -> ReasonCode.UNSPECIFIED_ERROR;
    };
  }

  private void unsubscribe(Unsubscribe p) {
    List<SubscriptionFilter> filters = new ArrayList<>(p.filters().size());
    for (Parsed<SubscriptionFilter> f : p.filters()) {
      if (f instanceof Parsed.Valid<SubscriptionFilter>(SubscriptionFilter valid)) {
        filters.add(valid);
      }
    }
    connection.loop().sessions().unsubscribe(session(), filters, existed -> {
      if (!connection.isOpen()) {
        return;
      }
      List<ReasonCode> codes = new ArrayList<>(p.filters().size());
      int next = 0;
      for (Parsed<SubscriptionFilter> f : p.filters()) {
        if (f instanceof Parsed.Valid<SubscriptionFilter>) {
          codes.add(existed.get(next++) ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED);
        } else {
          codes.add(ReasonCode.TOPIC_FILTER_INVALID);
        }
      }
      connection.send(new UnsubAck(p.packetId(), codes));
    });
  }

  private void disconnected(Disconnect p) {
    if (p.sessionExpirySeconds() >= 0) {
      if (connectExpirySeconds == 0 && p.sessionExpirySeconds() > 0) {
        connection.violated(
            ReasonCode.PROTOCOL_ERROR, "MQTT-3.14.2.2.2", "a session expiry where CONNECT asked for none");
        return;
      }
      session().expirySeconds(
          Math.min(p.sessionExpirySeconds(), connection.loop().limits().sessionExpiryMax().toSeconds()));
    }
    normalEnd = p.reason() == ReasonCode.SUCCESS; // 0x04 asks for the will (MQTT-3.14.4-3)
    connection.end(normalEnd ? "client disconnected" : "client disconnected with " + p.reason());
  }

  private void authenticateAgain(Auth p) {
    if (method.isEmpty() || !p.method().equals(method)) {
      connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-4.12.1-1", "an AUTH of another method than CONNECT's");
      return;
    }
    Reauthentication r = reauthentication;
    if (r == null && p.reason() == ReasonCode.REAUTHENTICATE) {
      r = Reauthentication.begin(connection, this, clientId);
      reauthentication = r;
    } else if (r == null || p.reason() != ReasonCode.CONTINUE_AUTHENTICATION) {
      connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-4.12.1-1", "an AUTH out of turn");
      return;
    }
    if (r != null) {
      r.step(p.data());
    }
  }

  void reauthenticationDone() {
    reauthentication = null;
  }

  @Override
  public void refuse(ReasonCode code, String why) {
    connection.disconnect(code, why);
  }

  @Override
  public void silent() {
    connection.loop().counters().increment(Counter.KEEP_ALIVE_TIMEOUTS);
    connection.disconnect(ReasonCode.KEEP_ALIVE_TIMEOUT, "keep alive timeout"); // MQTT-3.1.2-22
  }

  @Override
  public boolean countsFromStart() {
    return false;
  }

  @Override
  public boolean maySendDisconnect() {
    return true;
  }

  @Override
  public Optional<Packet> fitting(Packet p) {
    Packet shown = problemInformation || p instanceof Disconnect ? p : p.withoutDiagnostics();
    if (Encoder.size(shown, connection.version()) > packetBytesMax) {
      shown = shown.withoutDiagnostics();
      if (Encoder.size(shown, connection.version()) > packetBytesMax) {
        return Optional.empty();
      }
    }
    return Optional.of(shown);
  }

  @Override
  public void ended(String why) {
    Session s = session;
    session = null;
    if (s != null) {
      connection.watcher().disconnected(connection.peer(), clientId, s.principal(), why);
      connection.loop().sessions().disconnected(s, this, !normalEnd);
    }
  }

  @Override
  public String clientId() {
    return clientId.text();
  }
}
