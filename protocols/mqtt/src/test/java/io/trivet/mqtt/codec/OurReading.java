package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.UserProperty;
import java.util.HexFormat;
import java.util.List;

/// Trivet's reading of a packet in the words of [Reading].
@SuppressWarnings("EnumOrdinal") // retain handling is its wire value
final class OurReading {
  private OurReading() {}

  private static String hex(Bytes b) {
    return HexFormat.of().formatHex(b.toArray());
  }

  static String of(Packet packet, Version v) {
    return switch (packet) {
      case Connect c -> connect(c);
      case ConnAck a -> connAck(a, v);
      case Publish p -> publish(p);
      case PubAck a -> acknowledgement("PUBACK", a.packetId(), a.reason(), a.reasonString());
      case PubRec a -> acknowledgement("PUBREC", a.packetId(), a.reason(), a.reasonString());
      case PubRel a -> acknowledgement("PUBREL", a.packetId(), a.reason(), a.reasonString());
      case PubComp a -> acknowledgement("PUBCOMP", a.packetId(), a.reason(), a.reasonString());
      case Subscribe s -> {
        Reading r = new Reading("SUBSCRIBE");
        r.put("id", s.packetId());
        if (s.subscriptionId() != 0) {
          r.property("", Property.SUBSCRIPTION_ID, Integer.toString(s.subscriptionId()));
        }
        users(r, "", s.userProperties());
        for (Subscription x : s.subscriptions()) {
          r.add("filter", x.text() + " " + x.qos().level() + " " + x.noLocal() + " " + x.retainAsPublished() + " "
              + x.retainHandling().ordinal());
        }
        yield r.toString();
      }
      case SubAck s -> answer("SUBACK", s.packetId(), s.reasons(), s.reasonString());
      case Unsubscribe u -> {
        Reading r = new Reading("UNSUBSCRIBE");
        r.put("id", u.packetId());
        users(r, "", u.userProperties());
        u.texts().forEach(t -> r.add("filter", t));
        yield r.toString();
      }
      case UnsubAck u -> answer("UNSUBACK", u.packetId(), u.reasons(), u.reasonString());
      case PingReq _ -> new Reading("PINGREQ").toString();
      case PingResp _ -> new Reading("PINGRESP").toString();
      case Disconnect d -> {
        Reading r = new Reading("DISCONNECT");
        r.put("reason", d.reason().code());
        if (d.sessionExpirySeconds() >= 0) {
          r.property("", Property.SESSION_EXPIRY, Long.toString(d.sessionExpirySeconds()));
        }
        r.property("", Property.REASON_STRING, d.reasonString());
        r.property("", Property.SERVER_REFERENCE, d.serverReference());
        yield r.toString();
      }
      case Auth a -> {
        Reading r = new Reading("AUTH");
        r.put("reason", a.reason().code());
        r.property("", Property.AUTHENTICATION_METHOD, a.method());
        r.property("", Property.AUTHENTICATION_DATA, hex(a.data()));
        r.property("", Property.REASON_STRING, a.reasonString());
        yield r.toString();
      }
    };
  }

  private static String acknowledgement(String type, int id, ReasonCode reason, String text) {
    Reading r = new Reading(type);
    r.put("id", id);
    r.put("reason", reason.code());
    r.property("", Property.REASON_STRING, text);
    return r.toString();
  }

  private static String answer(String type, int id, List<ReasonCode> reasons, String text) {
    Reading r = new Reading(type);
    r.put("id", id);
    r.property("", Property.REASON_STRING, text);
    reasons.forEach(c -> r.add("reasons", c.code()));
    return r.toString();
  }

  private static String connect(Connect c) {
    Reading r = new Reading("CONNECT");
    r.put("version", c.version().level());
    r.put("clean", c.cleanStart());
    r.put("keepAlive", c.keepAliveSeconds());
    r.property("", Property.SESSION_EXPIRY, Long.toString(c.sessionExpirySeconds()));
    r.property("", Property.RECEIVE_MAXIMUM, Integer.toString(c.receiveMaximum()));
    r.property("", Property.MAXIMUM_PACKET_SIZE, Long.toString(c.maximumPacketSize()));
    r.property("", Property.TOPIC_ALIAS_MAXIMUM, Integer.toString(c.topicAliasMaximum()));
    r.property("", Property.REQUEST_RESPONSE_INFORMATION, c.requestResponseInformation() ? "1" : "0");
    r.property("", Property.REQUEST_PROBLEM_INFORMATION, c.requestProblemInformation() ? "1" : "0");
    users(r, "", c.userProperties());
    c.authenticationMethod().ifPresent(m -> r.property("", Property.AUTHENTICATION_METHOD, m));
    r.property("", Property.AUTHENTICATION_DATA, hex(c.authenticationData()));
    r.put("clientId", c.clientId());
    c.will().ifPresent(w -> {
      r.put("will", w.topic() + " " + w.qos().level() + " " + w.retain() + " " + hex(w.payload()));
      r.property("will.", Property.WILL_DELAY, Long.toString(w.delaySeconds()));
      message(r, "will.", w.properties(), w.messageExpirySeconds());
    });
    r.put("user", c.userName().map(u -> "=" + u).orElse(""));
    r.put("password", c.password().map(p -> "=" + p.expose(HexFormat.of()::formatHex)).orElse(""));
    return r.toString();
  }

  private static String connAck(ConnAck a, Version v) {
    Reading r = new Reading("CONNACK");
    r.put("present", a.sessionPresent());
    r.put("reason", v == Version.V5 ? a.reason().code() : a.reason().returnCode());
    if (a.sessionExpirySeconds() >= 0) {
      r.property("", Property.SESSION_EXPIRY, Long.toString(a.sessionExpirySeconds()));
    }
    r.property("", Property.RECEIVE_MAXIMUM, Integer.toString(a.receiveMaximum()));
    r.property("", Property.MAXIMUM_QOS, Integer.toString(a.maximumQoS()));
    r.property("", Property.RETAIN_AVAILABLE, a.retainAvailable() ? "1" : "0");
    if (a.maximumPacketSize() >= 0) {
      r.property("", Property.MAXIMUM_PACKET_SIZE, Long.toString(a.maximumPacketSize()));
    }
    r.property("", Property.ASSIGNED_CLIENT_ID, a.assignedClientId());
    r.property("", Property.TOPIC_ALIAS_MAXIMUM, Integer.toString(a.topicAliasMaximum()));
    r.property("", Property.REASON_STRING, a.reasonString());
    r.property("", Property.WILDCARDS_AVAILABLE, a.wildcardsAvailable() ? "1" : "0");
    r.property("", Property.SUBSCRIPTION_IDS_AVAILABLE, a.subscriptionIdsAvailable() ? "1" : "0");
    r.property("", Property.SHARED_AVAILABLE, a.sharedAvailable() ? "1" : "0");
    if (a.serverKeepAlive() >= 0) {
      r.property("", Property.SERVER_KEEP_ALIVE, Integer.toString(a.serverKeepAlive()));
    }
    r.property("", Property.RESPONSE_INFORMATION, a.responseInformation());
    r.property("", Property.SERVER_REFERENCE, a.serverReference());
    r.property("", Property.AUTHENTICATION_METHOD, a.authenticationMethod());
    r.property("", Property.AUTHENTICATION_DATA, hex(a.authenticationData()));
    return r.toString();
  }

  private static String publish(Publish p) {
    Reading r = new Reading("PUBLISH");
    r.put("qos", p.qos().level());
    r.put("dup", p.dup());
    r.put("retain", p.retain());
    r.put("id", p.packetId());
    r.put("topic", p.hasTopic() ? p.topic() : "");
    r.put("payload", hex(p.payload()));
    if (p.topicAlias() != 0) {
      r.property("", Property.TOPIC_ALIAS, Integer.toString(p.topicAlias()));
    }
    for (int id : p.subscriptionIds()) {
      r.property("", Property.SUBSCRIPTION_ID, Integer.toString(id));
    }
    message(r, "", p.properties(), p.messageExpirySeconds());
    return r.toString();
  }

  private static void message(Reading r, String prefix, MessageProperties m, long expirySeconds) {
    if (expirySeconds >= 0) {
      r.property(prefix, Property.MESSAGE_EXPIRY, Long.toString(expirySeconds));
    }
    if (m.payloadFormat() >= 0) {
      r.property(prefix, Property.PAYLOAD_FORMAT, Integer.toString(m.payloadFormat()));
    }
    m.contentType().ifPresent(t -> r.property(prefix, Property.CONTENT_TYPE, t));
    m.responseTopic().ifPresent(t -> r.property(prefix, Property.RESPONSE_TOPIC, t.toString()));
    m.correlationData().ifPresent(d -> r.property(prefix, Property.CORRELATION_DATA, hex(d)));
    users(r, prefix, m.userProperties());
  }

  private static void users(Reading r, String prefix, List<UserProperty> all) {
    all.forEach(u -> r.add(prefix + "users", u.name() + "=" + u.value()));
  }
}
