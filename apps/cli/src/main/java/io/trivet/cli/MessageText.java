package io.trivet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import io.trivet.broker.MessageProperties;
import io.trivet.mqtt.codec.Publish;
import io.trivet.server.admin.Json;
import io.trivet.smqtt.Opened;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A message as a line of text. What a stranger wrote moves no cursor and begins no line.
final class MessageText {
  private MessageText() {}

  private static @Nullable String utf8(Bytes b) {
    return Utf8.decode(b.backingArray(), b.backingOffset(), b.backingOffset() + b.length());
  }

  /// The payload, with the topic before it where asked for: text as it is but for control characters, anything else as
  /// hexadecimal digits after `0x`.
  static String line(Publish m, boolean withTopic) {
    String payload = payload(m.payload());
    return withTopic ? escaped(m.topic().toString()) + " " + payload : payload;
  }

  static String payload(Bytes payload) {
    String text = utf8(payload);
    return text == null ? "0x" + HexFormat.of().formatHex(payload.toArray()) : escaped(text);
  }

  private static String escaped(String text) {
    if (text.chars().noneMatch(MessageText::isUnsafe)) {
      return text;
    }
    StringBuilder s = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        s.append("\\n");
      } else if (isUnsafe(c)) {
        s.append(String.format("\\u%04x", (int) c));
      } else {
        s.append(c);
      }
    }
    return s.toString();
  }

  /// Control characters but the tab, and those that turn the direction of writing.
  private static boolean isUnsafe(int c) {
    return c != '\t' && Character.isISOControl(c)
        || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069 || c == 0x2028 || c == 0x2029;
  }

  /// One object: `topic`, `qos`, `retain`, `payload` or, where it is no UTF-8, `payloadBase64`, `properties` where
  /// there are any, and `received`.
  static String json(Publish m, Instant received) {
    return json(m, received, null);
  }

  /// @param sealed what it was opened from: `sealed` says the sender, whether it signed the message itself, and whether the
  ///     topic's newest message came again
  static String json(Publish m, Instant received, Opened.@Nullable Message sealed) {
    ObjectNode o = Json.object();
    o.put("received", received.toString());
    o.put("topic", m.topic().toString());
    o.put("qos", m.qos().level());
    o.put("retain", m.retain());
    if (m.dup()) {
      o.put("dup", true);
    }
    String text = utf8(m.payload());
    if (text == null) {
      o.put("payloadBase64", Base64.getEncoder().encodeToString(m.payload().toArray()));
    } else {
      o.put("payload", text);
    }
    if (sealed != null) {
      o.putObject("sealed").put("sender", sealed.sender()).put("signed", sealed.signed()).put("repeat", sealed.repeat());
    }
    ObjectNode p = properties(m);
    if (!p.isEmpty()) {
      o.set("properties", p);
    }
    return o.toString();
  }

  private static ObjectNode properties(Publish m) {
    ObjectNode o = Json.object();
    MessageProperties p = m.properties();
    if (p.payloadFormat() >= 0) {
      o.put("payloadFormat", p.payloadFormat());
    }
    if (m.messageExpirySeconds() >= 0) {
      o.put("messageExpiry", m.messageExpirySeconds());
    }
    p.contentType().ifPresent(t -> o.put("contentType", t));
    p.responseTopic().ifPresent(t -> o.put("responseTopic", t.toString()));
    p.correlationData().ifPresent(d -> {
      String text = utf8(d);
      if (text == null) {
        o.put("correlationDataBase64", Base64.getEncoder().encodeToString(d.toArray()));
      } else {
        o.put("correlationData", text);
      }
    });
    if (m.subscriptionIds().length > 0) {
      ArrayNode ids = o.putArray("subscriptionIds");
      for (int id : m.subscriptionIds()) {
        ids.add(id);
      }
    }
    if (!p.userProperties().isEmpty()) {
      ArrayNode users = o.putArray("userProperties");
      p.userProperties().forEach(u -> users.add(Json.object().put("name", u.name()).put("value", u.value())));
    }
    return o;
  }
}
