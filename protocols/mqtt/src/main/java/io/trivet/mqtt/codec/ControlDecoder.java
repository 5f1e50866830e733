package io.trivet.mqtt.codec;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every packet but CONNECT and PUBLISH.
@SuppressWarnings("EnumOrdinal") // retain handling is its wire value
final class ControlDecoder {
  private static final RetainHandling[] RETAIN_HANDLING = RetainHandling.values();

  private static final int RETURN_CODE_MAX = 5;

  private final DecodeLimits limits;
  private final Side side;

  ControlDecoder(DecodeLimits limits, Side side) {
    this.limits = limits;
    this.side = side;
  }

  @Nullable Packet decode(Reader r, int type, Version v) {
    boolean server = side == Side.SERVER;
    return switch (type) {
      case 2 -> server ? notForServers(r, "CONNACK") : connAck(r, v);
      case 4, 5, 6, 7 -> acknowledgement(r, type, v);
      case 8 -> server ? subscribe(r, v) : notForClients(r, "SUBSCRIBE");
      case 9 -> server ? notForServers(r, "SUBACK") : subAck(r, v);
      case 10 -> server ? unsubscribe(r, v) : notForClients(r, "UNSUBSCRIBE");
      case 11 -> server ? notForServers(r, "UNSUBACK") : unsubAck(r, v);
      case 12 -> server ? PingReq.INSTANCE : notForClients(r, "PINGREQ");
      case 13 -> server ? notForServers(r, "PINGRESP") : PingResp.INSTANCE;
      case 14 -> disconnect(r, v);
      case 15 -> auth(r);
      default -> notForClients(r, "CONNECT");
    };
  }

  private static @Nullable Packet notForServers(Reader r, String name) {
    r.protocolError("MQTT-4.13.1-1", name + " is for clients");
    return null;
  }

  private static @Nullable Packet notForClients(Reader r, String name) {
    r.protocolError("MQTT-4.13.1-1", name + " is for servers");
    return null;
  }

  private static int packetId(Reader r) {
    int id = r.u16();
    if (id == 0) {
      r.protocolError("MQTT-2.2.1-3", "packet identifier 0");
    }
    return id;
  }

  private static ReasonCode reason(Reader r, ReasonCode... allowed) {
    int code = r.u8();
    ReasonCode known = ReasonCode.of(code);
    for (ReasonCode a : allowed) {
      if (a == known) {
        return a;
      }
    }
    r.malformed("MQTT-2.4.0-1", "reason code 0x" + Integer.toHexString(code) + " may not stand in this packet");
    return ReasonCode.UNSPECIFIED_ERROR;
  }

  private static final ReasonCode[] OF_PUBACK = {
    ReasonCode.SUCCESS, ReasonCode.NO_MATCHING_SUBSCRIBERS, ReasonCode.UNSPECIFIED_ERROR,
    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, ReasonCode.NOT_AUTHORIZED, ReasonCode.TOPIC_NAME_INVALID,
    ReasonCode.PACKET_IDENTIFIER_IN_USE, ReasonCode.QUOTA_EXCEEDED, ReasonCode.PAYLOAD_FORMAT_INVALID
  };
  private static final ReasonCode[] OF_PUBREL = {ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND};

  private Packet acknowledgement(Reader r, int type, Version v) {
    int id = packetId(r);
    ReasonCode reason = ReasonCode.SUCCESS;
    String text = "";
    if (v == Version.V5 && r.left() > 0) {
      reason = reason(r, type <= 5 ? OF_PUBACK : OF_PUBREL);
      if (r.left() > 0) {
        text = Properties.read(r, Property.ACK, false, limits).text(Property.REASON_STRING);
      }
    }
    return switch (type) {
      case 4 -> new PubAck(id, reason, text);
      case 5 -> new PubRec(id, reason, text);
      case 6 -> new PubRel(id, reason, text);
      default -> new PubComp(id, reason, text);
    };
  }

  private boolean tooMany(Reader r, int count) {
    if (count < limits.filtersPerPacketMax()) {
      return false;
    }
    r.fail(ReasonCode.QUOTA_EXCEEDED, "mqtt.filters-per-packet-max",
        "more than " + limits.filtersPerPacketMax() + " topic filters in one packet");
    return true;
  }

  private @Nullable Packet subscribe(Reader r, Version v) {
    int id = packetId(r);
    Properties p = v == Version.V5 ? Properties.read(r, Property.SUBSCRIBE, false, limits) : Properties.NONE;
    List<Subscription> subscriptions = new ArrayList<>();
    while (r.left() > 0 && !tooMany(r, subscriptions.size())) {
      String text = r.utf8();
      int options = r.u8();
      Parsed<SubscriptionFilter> filter = SubscriptionFilter.parse(text, limits.topic());
      checkOptions(r, v, options, filter);
      if (r.failed()) {
        return null;
      }
      subscriptions.add(new Subscription(text, filter, QoS.of(options & 3), (options & 4) != 0, (options & 8) != 0,
          RETAIN_HANDLING[options >>> 4 & 3]));
    }
    if (r.failed()) {
      return null;
    }
    if (subscriptions.isEmpty()) {
      r.protocolError(v == Version.V5 ? "MQTT-3.8.3-2" : "MQTT-3.8.3-3", "a SUBSCRIBE without a topic filter");
      return null;
    }
    return new Subscribe(id, subscriptions, (int) p.number(Property.SUBSCRIPTION_ID, 0), p.userProperties());
  }

  private static void checkOptions(Reader r, Version v, int options, Parsed<SubscriptionFilter> filter) {
    if (v != Version.V5) {
      if ((options & 0xFC) != 0 || options == 3) {
        r.malformed("MQTT-3.8.3-4", options == 3 ? "a subscription of QoS 3" : "reserved bits of the requested QoS");
      }
    } else if ((options & 3) == 3) {
      r.protocolError("MQTT-3.8.3.1", "a subscription of QoS 3");
    } else if ((options & 0xC0) != 0) {
      r.malformed("MQTT-3.8.3-5", "reserved bits of the subscription options");
    } else if ((options & 0x30) == 0x30) {
      r.protocolError("MQTT-3.8.3.1", "retain handling 3");
    } else if ((options & 4) != 0
        && filter instanceof Parsed.Valid<SubscriptionFilter>(SubscriptionFilter f) && f.isShared()) {
      r.protocolError("MQTT-3.8.3-4", "no-local on a shared subscription");
    }
  }

  private @Nullable Packet unsubscribe(Reader r, Version v) {
    int id = packetId(r);
    Properties p = v == Version.V5 ? Properties.read(r, Property.UNSUBSCRIBE, false, limits) : Properties.NONE;
    List<String> texts = new ArrayList<>();
    List<Parsed<SubscriptionFilter>> filters = new ArrayList<>();
    while (r.left() > 0 && !tooMany(r, texts.size())) {
      String text = r.utf8();
      texts.add(text);
      filters.add(SubscriptionFilter.parse(text, limits.topic()));
    }
    if (r.failed()) {
      return null;
    }
    if (texts.isEmpty()) {
      r.protocolError("MQTT-3.10.3-2", "an UNSUBSCRIBE without a topic filter");
      return null;
    }
    return new Unsubscribe(id, texts, filters, p.userProperties());
  }

  private static final ReasonCode[] OF_DISCONNECT = {
    ReasonCode.SUCCESS, ReasonCode.DISCONNECT_WITH_WILL, ReasonCode.UNSPECIFIED_ERROR, ReasonCode.MALFORMED_PACKET,
    ReasonCode.PROTOCOL_ERROR, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, ReasonCode.TOPIC_NAME_INVALID,
    ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, ReasonCode.TOPIC_ALIAS_INVALID, ReasonCode.PACKET_TOO_LARGE,
    ReasonCode.MESSAGE_RATE_TOO_HIGH, ReasonCode.QUOTA_EXCEEDED, ReasonCode.ADMINISTRATIVE_ACTION,
    ReasonCode.PAYLOAD_FORMAT_INVALID
  };

  private Packet disconnect(Reader r, Version v) {
    if (v != Version.V5 || r.left() == 0) {
      return Disconnect.NORMAL;
    }
    ReasonCode reason = side == Side.SERVER ? reason(r, OF_DISCONNECT) : reason(r, ReasonCode.values());
    Properties p = r.left() == 0 ? Properties.NONE : Properties.read(
        r, side == Side.SERVER ? Property.DISCONNECT_TO_SERVER : Property.DISCONNECT_TO_CLIENT, false, limits);
    return new Disconnect(reason, p.text(Property.REASON_STRING), p.number(Property.SESSION_EXPIRY, -1),
        p.text(Property.SERVER_REFERENCE));
  }

  private Packet auth(Reader r) {
    if (r.left() == 0 && side == Side.CLIENT) {
      return new Auth(ReasonCode.SUCCESS, "", Bytes.EMPTY);
    }
    ReasonCode reason = side == Side.SERVER
        ? reason(r, ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.REAUTHENTICATE)
        : reason(r, ReasonCode.SUCCESS, ReasonCode.CONTINUE_AUTHENTICATION);
    Properties p = r.left() == 0 ? Properties.NONE : Properties.read(r, Property.AUTH, false, limits);
    if (p.has(Property.AUTHENTICATION_DATA) && !p.has(Property.AUTHENTICATION_METHOD)) {
      r.protocolError("MQTT-3.15.2.2.3", "authentication data without a method");
    }
    return new Auth(reason, p.text(Property.AUTHENTICATION_METHOD), p.binary(Property.AUTHENTICATION_DATA),
        p.text(Property.REASON_STRING));
  }

  // --- what servers send --------------------------------------------------------------------------------------------

  private Packet connAck(Reader r, Version v) {
    int flags = v == Version.V3_1 ? r.u8() & 0 : r.u8(); // all of it reserved in 3.1
    if (flags > 1) {
      r.malformed(v == Version.V5 ? "MQTT-3.2.2-1" : "MQTT-3.2.2.1", "reserved acknowledge flags");
    }
    int code = r.u8();
    if (flags == 1 && code != 0) {
      r.protocolError(v == Version.V5 ? "MQTT-3.2.2-6" : "MQTT-3.2.2-4", "a refusal that finds a session");
    }
    if (v != Version.V5) {
      if (code > RETURN_CODE_MAX) {
        r.malformed("MQTT-3.2.2.3", "return code " + code);
      }
      return new ConnAck.Builder(flags == 1, ReasonCode.ofReturnCode(code)).build();
    }
    ReasonCode reason = ReasonCode.of(code);
    if (reason == null || reason != ReasonCode.SUCCESS && !reason.isFailure()) {
      r.malformed("MQTT-3.2.2-8", "reason code 0x" + Integer.toHexString(code) + " may not stand in CONNACK");
    }
    Properties p = Properties.read(r, Property.CONNACK, false, limits);
    ConnAck.Builder b = new ConnAck.Builder(flags == 1, reason == null ? ReasonCode.UNSPECIFIED_ERROR : reason);
    return b.reasonString(p.text(Property.REASON_STRING))
        .sessionExpirySeconds(p.number(Property.SESSION_EXPIRY, -1))
        .receiveMaximum((int) p.number(Property.RECEIVE_MAXIMUM, 65_535))
        .maximumQoS((int) p.number(Property.MAXIMUM_QOS, 2))
        .maximumPacketSize(p.number(Property.MAXIMUM_PACKET_SIZE, -1))
        .assignedClientId(p.text(Property.ASSIGNED_CLIENT_ID))
        .topicAliasMaximum((int) p.number(Property.TOPIC_ALIAS_MAXIMUM, 0))
        .available(p.flag(Property.RETAIN_AVAILABLE, true), p.flag(Property.WILDCARDS_AVAILABLE, true),
            p.flag(Property.SUBSCRIPTION_IDS_AVAILABLE, true), p.flag(Property.SHARED_AVAILABLE, true))
        .serverKeepAlive((int) p.number(Property.SERVER_KEEP_ALIVE, -1))
        .responseInformation(p.text(Property.RESPONSE_INFORMATION))
        .serverReference(p.text(Property.SERVER_REFERENCE))
        .authenticationMethod(p.text(Property.AUTHENTICATION_METHOD))
        .authenticationData(p.binary(Property.AUTHENTICATION_DATA))
        .build();
  }

  private @Nullable Packet subAck(Reader r, Version v) {
    int id = packetId(r);
    String text = v == Version.V5
        ? Properties.read(r, Property.ACK, false, limits).text(Property.REASON_STRING) : "";
    List<ReasonCode> reasons = v == Version.V5
        ? reasons(r, OF_SUBACK, "MQTT-3.8.4-6") : reasons(r, OF_SUBACK_3, "MQTT-3.8.4-5");
    return reasons == null ? null : new SubAck(id, reasons, text);
  }

  private @Nullable Packet unsubAck(Reader r, Version v) {
    int id = packetId(r);
    if (v != Version.V5) {
      return new UnsubAck(id, List.of());
    }
    String text = Properties.read(r, Property.ACK, false, limits).text(Property.REASON_STRING);
    List<ReasonCode> reasons = reasons(r, OF_UNSUBACK, "MQTT-3.11.3-2");
    return reasons == null ? null : new UnsubAck(id, reasons, text);
  }

  private static final ReasonCode[] OF_SUBACK_3 = {
    ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_2, ReasonCode.UNSPECIFIED_ERROR
  };
  private static final ReasonCode[] OF_SUBACK = {
    ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_2, ReasonCode.UNSPECIFIED_ERROR,
    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, ReasonCode.NOT_AUTHORIZED, ReasonCode.TOPIC_FILTER_INVALID,
    ReasonCode.PACKET_IDENTIFIER_IN_USE, ReasonCode.QUOTA_EXCEEDED, ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
    ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED
  };
  private static final ReasonCode[] OF_UNSUBACK = {
    ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED, ReasonCode.UNSPECIFIED_ERROR,
    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, ReasonCode.NOT_AUTHORIZED, ReasonCode.TOPIC_FILTER_INVALID,
    ReasonCode.PACKET_IDENTIFIER_IN_USE
  };

  private @Nullable List<ReasonCode> reasons(Reader r, ReasonCode[] allowed, String rule) {
    List<ReasonCode> reasons = new ArrayList<>();
    while (r.left() > 0 && !tooMany(r, reasons.size())) {
      reasons.add(reason(r, allowed));
    }
    if (reasons.isEmpty() && !r.failed()) {
      r.malformed(rule, "an answer without a reason code for any filter");
    }
    return r.failed() ? null : reasons;
  }
}
