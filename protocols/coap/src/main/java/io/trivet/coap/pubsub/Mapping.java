package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.ETag;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Messages of the broker as requests and responses of CoAP, and back: the table of `docs/coap.md`.
final class Mapping {
  private static final int SLOT = 2;
  private static final long MAX_AGE_MAX = 0xFFFF_FFFFL;
  private static final String FORMAT = "coap-content-format/";

  private Mapping() {}

  // --- inward -------------------------------------------------------------------------------------------------------

  static Message message(Request r, Wishes w, TopicName topic, ClientId publisher, long wallMillis) {
    int format = r.options().contentFormat();
    boolean bare = format < 0 && w.responseTopic() == null && w.correlation() == null && w.properties().isEmpty();
    MessageProperties properties = bare ? MessageProperties.NONE : new MessageProperties(
        format == ContentFormat.TEXT_PLAIN && isText(r.payload()) ? 1 : -1, mediaType(format), w.responseTopic(),
        w.correlation(), w.properties());
    long expires = w.expirySeconds() < 0 ? Message.NEVER : wallMillis + w.expirySeconds() * 1_000;
    return new Message(topic, r.payload().compact(), w.qos(), w.retain(), properties, expires, publisher);
  }

  private static boolean isText(Bytes payload) {
    return Utf8.isWellFormed(payload.backingArray(), payload.backingOffset(),
        payload.backingOffset() + payload.length());
  }

  static @Nullable String mediaType(int format) {
    return format < 0 ? null : ContentFormat.name(format).orElse(FORMAT + format);
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  /// 2.05 with the message's payload and what can be said of it. The same object for each receiver while the message
  /// cannot expire, so that it is made and encoded once.
  static Response content(Message m, long wallMillis) {
    if (m.encoding(SLOT) instanceof Response made) {
      return made;
    }
    Options.Builder b = Options.builder().add(OptionNumber.ETAG, etag(m));
    int format = contentFormat(m.properties());
    if (format >= 0) {
      b.add(OptionNumber.CONTENT_FORMAT, format);
    }
    if (m.expiresAtMillis() != Message.NEVER) {
      long seconds = (m.expiresAtMillis() - wallMillis + 999) / 1_000;
      b.add(OptionNumber.MAX_AGE, Math.clamp(seconds, 0, MAX_AGE_MAX));
    }
    describe(m.properties(), b);
    Response made = new Response(Code.CONTENT, b.build(), m.payload());
    if (m.expiresAtMillis() == Message.NEVER) {
      m.keepEncoding(SLOT, made);
    }
    return made;
  }

  /// What came as Uri-Query goes out as Location-Query: elective, so that who does not care need not understand.
  private static void describe(MessageProperties p, Options.Builder b) {
    if (p.isNone()) {
      return;
    }
    p.responseTopic().ifPresent(t -> query(b, Wishes.RESPONSE_TOPIC, t.toString()));
    p.correlationData().ifPresent(c -> query(b, Wishes.CORRELATION, HexFormat.of().formatHex(c.toArray())));
    for (UserProperty u : p.userProperties()) {
      query(b, Wishes.USER_PROPERTY + u.name(), u.value());
    }
  }

  /// One too long for an option (255 bytes) is left out: half of it would say something else.
  private static void query(Options.Builder b, String name, String value) {
    Bytes text = Bytes.utf8(name + "=" + value);
    if (text.length() <= OptionNumber.LOCATION_QUERY.lengthMax()) {
      b.add(OptionNumber.LOCATION_QUERY, text);
    }
  }

  static int contentFormat(MessageProperties p) {
    if (p.contentType().isPresent()) {
      String type = p.contentType().get();
      if (type.startsWith(FORMAT)) {
        return number(type.substring(FORMAT.length()));
      }
      return ContentFormat.number(type).orElse(-1);
    }
    return p.payloadFormat() == 1 ? ContentFormat.TEXT_PLAIN : -1;
  }

  private static int number(String digits) {
    boolean small = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int n = small ? Integer.parseInt(digits) : -1;
    return n <= 0xFFFF ? n : -1;
  }

  /// The topic that a notification of several topics is about, as the path of its resource.
  static void locate(Options.Builder b, String root, TopicName topic) {
    b.add(OptionNumber.LOCATION_PATH, root);
    for (String level : topic.toString().split("/", -1)) {
      b.add(OptionNumber.LOCATION_PATH, level);
    }
  }

  static Bytes etag(Message m) {
    return ETag.of(m.payload(), contentFormat(m.properties()));
  }

  static boolean accepts(Request r, Message m) {
    long wanted = r.options().uint(OptionNumber.ACCEPT, -1);
    int is = contentFormat(m.properties());
    return wanted < 0 || is < 0 || wanted == is;
  }
}
