package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request asks for by its Uri-Query beside what CoAP itself can say.
///
/// @param qos the wish, or what the type of the message stands for: confirmable is 1, non-confirmable 0
/// @param filter present for an observation of several topics
/// @param responseTopic null for none
/// @param correlation null for none
/// @param expirySeconds -1 for a message that never expires
record Wishes(
    QoS qos,
    boolean retain,
    @Nullable String filter,
    @Nullable TopicName responseTopic,
    @Nullable Bytes correlation,
    List<UserProperty> properties,
    long expirySeconds) {
  static final String QOS = "qos";
  static final String RETAIN = "retain";
  static final String FILTER = "filter";
  static final String RESPONSE_TOPIC = "response-topic";
  static final String CORRELATION = "correlation";
  static final String EXPIRY = "expiry";
  static final String USER_PROPERTY = "up.";

  private static final int PROPERTIES_MAX = 32;
  private static final long EXPIRY_SECONDS_MAX = 0xFFFF_FFFFL;

  /// @param retainByDefault what the method stands for
  static Parsed<Wishes> of(Request r, boolean retainByDefault, TopicLimits limits) {
    QoS qos = r.confirmable() ? QoS.AT_LEAST_ONCE : QoS.AT_MOST_ONCE;
    boolean retain = retainByDefault;
    String filter = null;
    TopicName responseTopic = null;
    Bytes correlation = null;
    List<UserProperty> properties = List.of();
    long expiry = r.options().uint(OptionNumber.MAX_AGE, -1);
    int at = r.options().indexOf(OptionNumber.URI_QUERY);
    for (int i = at; i >= 0 && i < r.options().count()
        && r.options().number(i) == OptionNumber.URI_QUERY.number(); i++) {
      String q = r.options().text(i);
      int equals = q.indexOf('=');
      String name = equals < 0 ? q : q.substring(0, equals);
      String value = equals < 0 ? "" : q.substring(equals + 1);
      switch (name) {
        case QOS -> {
          if (value.length() != 1 || value.charAt(0) < '0' || value.charAt(0) > '2') {
            return invalid(q, "0, 1 or 2");
          }
          qos = QoS.of(value.charAt(0) - '0');
        }
        case RETAIN -> {
          if (!value.equals("true") && !value.equals("false")) {
            return invalid(q, "true or false");
          }
          retain = value.equals("true");
        }
        case FILTER -> filter = value;
        case RESPONSE_TOPIC -> {
          byte[] utf8 = Bytes.utf8(value).toArray();
          if (!(TopicName.parse(utf8, 0, utf8.length, limits) instanceof Parsed.Valid<TopicName>(TopicName t))) {
            return invalid(q, "the name of a topic");
          }
          responseTopic = t;
        }
        case CORRELATION -> {
          try {
            correlation = Bytes.wrap(HexFormat.of().parseHex(value));
          } catch (IllegalArgumentException e) {
            return invalid(q, "hexadecimal digits, two a byte");
          }
        }
        case EXPIRY -> {
          if (value.isEmpty() || value.length() > 10 || !value.chars().allMatch(c -> c >= '0' && c <= '9')
              || Long.parseLong(value) > EXPIRY_SECONDS_MAX) {
            return invalid(q, "seconds from 0 to " + EXPIRY_SECONDS_MAX);
          }
          expiry = Long.parseLong(value);
        }
        default -> {
          if (name.startsWith(USER_PROPERTY)) {
            if (properties.isEmpty()) {
              properties = new ArrayList<>();
            } else if (properties.size() == PROPERTIES_MAX) {
              return invalid(q, "at most " + PROPERTIES_MAX + " user properties");
            }
            properties.add(new UserProperty(name.substring(USER_PROPERTY.length()), value));
          }
          // Others are somebody else's: gateways add their own, such as a client id.
        }
      }
    }
    return Parsed.valid(new Wishes(qos, retain, filter, responseTopic, correlation, properties, expiry));
  }

  private static Parsed<Wishes> invalid(String query, String wanted) {
    return Parsed.invalid("uri-query", "?" + query + ": give " + wanted);
  }
}
