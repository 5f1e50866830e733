package io.trivet.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Netty's reading of a packet in the words of [Reading].
final class NettyReading {
  private NettyReading() {}

  static void release(@Nullable Object message) {
    ReferenceCountUtil.release(message);
  }

  private static String hex(byte @Nullable [] b) {
    return b == null ? "" : HexFormat.of().formatHex(b);
  }

  static String of(MqttMessage m) {
    Reading r = new Reading(m.fixedHeader().messageType().name());
    switch (m) {
      case MqttConnectMessage c -> connect(r, c);
      case MqttConnAckMessage a -> {
        r.put("present", a.variableHeader().isSessionPresent());
        r.put("reason", a.variableHeader().connectReturnCode().byteValue() & 0xFF);
        properties(r, "", a.variableHeader().properties(), false);
      }
      case MqttPublishMessage p -> publish(r, p);
      case MqttSubscribeMessage s -> {
        r.put("id", s.variableHeader().messageId());
        properties(r, "", s.idAndPropertiesVariableHeader().properties(), true);
        for (MqttTopicSubscription t : s.payload().topicSubscriptions()) {
          r.add("filter", t.topicFilter() + " " + t.option().qos().value() + " " + t.option().isNoLocal() + " "
              + t.option().isRetainAsPublished() + " " + t.option().retainHandling().value());
        }
      }
      case MqttSubAckMessage s -> {
        r.put("id", s.variableHeader().messageId());
        properties(r, "", s.idAndPropertiesVariableHeader().properties(), false);
        s.payload().reasonCodes().forEach(c -> r.add("reasons", c & 0xFF));
      }
      case MqttUnsubscribeMessage u -> {
        r.put("id", u.variableHeader().messageId());
        properties(r, "", u.idAndPropertiesVariableHeader().properties(), true);
        u.payload().topics().forEach(t -> r.add("filter", t));
      }
      case MqttUnsubAckMessage u -> {
        r.put("id", u.variableHeader().messageId());
        properties(r, "", u.idAndPropertiesVariableHeader().properties(), false);
        u.payload().unsubscribeReasonCodes().forEach(c -> r.add("reasons", c & 0xFF));
      }
      default -> plain(r, m.variableHeader());
    }
    return r.toString();
  }

  private static void plain(Reading r, @Nullable Object header) {
    switch (header) {
      case MqttPubReplyMessageVariableHeader h -> {
        r.put("id", h.messageId());
        r.put("reason", h.reasonCode() & 0xFF);
        properties(r, "", h.properties(), false);
      }
      case MqttMessageIdAndPropertiesVariableHeader h -> r.put("id", h.messageId());
      case MqttMessageIdVariableHeader h -> r.put("id", h.messageId());
      case MqttReasonCodeAndPropertiesVariableHeader h -> {
        r.put("reason", h.reasonCode() & 0xFF);
        properties(r, "", h.properties(), false);
      }
      case null, default -> {}
    }
  }

  private static void connect(Reading r, MqttConnectMessage c) {
    MqttConnectVariableHeader h = c.variableHeader();
    MqttConnectPayload p = c.payload();
    r.put("version", h.version());
    r.put("clean", h.isCleanSession());
    r.put("keepAlive", h.keepAliveTimeSeconds());
    properties(r, "", h.properties(), true);
    r.put("clientId", p.clientIdentifier());
    if (h.isWillFlag()) {
      r.put("will", p.willTopic() + " " + h.willQos() + " " + h.isWillRetain() + " " + hex(p.willMessageInBytes()));
      properties(r, "will.", p.willProperties(), true);
    }
    r.put("user", h.hasUserName() ? "=" + p.userName() : "");
    r.put("password", h.hasPassword() ? "=" + hex(p.passwordInBytes()) : "");
  }

  private static void publish(Reading r, MqttPublishMessage p) {
    MqttFixedHeader f = p.fixedHeader();
    ByteBuf payload = p.payload();
    r.put("qos", f.qosLevel().value());
    r.put("dup", f.isDup());
    r.put("retain", f.isRetain());
    r.put("id", f.qosLevel().value() == 0 ? 0 : p.variableHeader().packetId());
    r.put("topic", p.variableHeader().topicName());
    r.put("payload", ByteBufUtil.hexDump(payload));
    properties(r, "", p.variableHeader().properties(), true);
  }

  private static void properties(Reading r, String prefix, MqttProperties all, boolean withUsers) {
    for (MqttProperties.MqttProperty<?> p : all.listAll()) {
      switch (p.value()) {
        case Integer i -> r.property(prefix, p.propertyId(), Long.toString(i & 0xFFFF_FFFFL));
        case String s -> r.property(prefix, p.propertyId(), s);
        case byte[] b -> r.property(prefix, p.propertyId(), hex(b));
        case List<?> pairs -> {
          for (Object o : pairs) {
            if (withUsers && o instanceof MqttProperties.StringPair pair) {
              r.add(prefix + "users", pair.key + "=" + pair.value);
            }
          }
        }
        default -> throw new AssertionError(p.value());
      }
    }
  }
}
