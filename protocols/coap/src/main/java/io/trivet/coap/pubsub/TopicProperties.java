package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The properties of a topic as `application/core-pubsub+cbor`: a map from small numbers to values. Texts are `String`,
/// numbers and dates `Long`, byte strings [Bytes], the filter of a FETCH a `List` of `Long`.
final class TopicProperties {
  static final int TOPIC_NAME = 0;
  static final int TOPIC_DATA = 1;
  static final int RESOURCE_TYPE = 2;
  static final int CONTENT_FORMAT = 3;
  static final int TOPIC_TYPE = 4;
  static final int EXPIRATION_DATE = 5;
  static final int MAX_SUBSCRIBERS = 6;
  static final int OBSERVER_CHECK = 7;
  static final int INITIALIZE = 8;
  static final int CONF_FILTER = 9;

  private static final int EPOCH_TAG = 1;
  private static final int TEXT_MAX = 1_024;
  private static final int FILTER_MAX = 16;
  private static final CborLimits LIMITS = new CborLimits(4, 100, false);

  private TopicProperties() {}

  private static <T> Parsed<T> bad(String what) {
    return Parsed.invalid("core-pubsub+cbor", what);
  }

  /// Reads the map; unknown keys and wrong kinds are refused.
  static Parsed<Map<Integer, Object>> read(Bytes payload) {
    return switch (CborReader.only(payload, LIMITS)) {
      case CborReader.Read.Item(Cbor.Map(List<Cbor.Pair> pairs)) -> properties(pairs);
      case CborReader.Read.Item _ -> bad("a map is wanted");
      case CborReader.Read.End _ -> bad("no item");
      case CborReader.Read.Broken(String what) -> bad(what);
    };
  }

  private static Parsed<Map<Integer, Object>> properties(List<Cbor.Pair> pairs) {
    Map<Integer, Object> found = new LinkedHashMap<>();
    for (Cbor.Pair p : pairs) {
      if (!(p.key() instanceof Cbor.Int(long key)) || key < TOPIC_NAME || key > CONF_FILTER) {
        return bad("no property has the key given");
      }
      Object value = value((int) key, p.value());
      if (value == null) {
        return bad("property " + key + " has another kind of value");
      }
      found.put((int) key, value);
    }
    return Parsed.valid(found);
  }

  private static @Nullable Object value(int key, Cbor value) {
    return switch (key) {
      case TOPIC_NAME, TOPIC_DATA, RESOURCE_TYPE, TOPIC_TYPE ->
          value instanceof Cbor.TextString(String text) && text.length() <= TEXT_MAX ? text : null;
      case CONTENT_FORMAT, MAX_SUBSCRIBERS, OBSERVER_CHECK -> number(value);
      case EXPIRATION_DATE -> value instanceof Cbor.Tagged(long tag, Cbor date) && tag == EPOCH_TAG ? number(date) : null;
      case INITIALIZE -> value instanceof Cbor.ByteString(Bytes bytes) ? bytes : null;
      case CONF_FILTER -> filter(value);
      default -> null;
    };
  }

  private static @Nullable Long number(Cbor value) {
    return value instanceof Cbor.Int(long n) && n >= 0 ? Long.valueOf(n) : null;
  }

  private static @Nullable List<Long> filter(Cbor value) {
    if (!(value instanceof Cbor.Array(List<Cbor> items)) || items.size() > FILTER_MAX) {
      return null;
    }
    List<Long> keys = new ArrayList<>();
    for (Cbor item : items) {
      Long n = number(item);
      if (n == null) {
        return null;
      }
      keys.add(n);
    }
    return keys;
  }

  /// Writes the map in the deterministic form.
  static Bytes write(Map<Integer, Object> properties) {
    List<Cbor.Pair> pairs = new ArrayList<>();
    properties.forEach((key, value) -> pairs.add(new Cbor.Pair(Cbor.of(key), switch (value) {
      case String text -> Cbor.of(text);
      case Bytes bytes -> Cbor.of(bytes);
      case Long n when key == EXPIRATION_DATE -> new Cbor.Tagged(EPOCH_TAG, Cbor.of(n));
      case Long n -> Cbor.of(n);
      default -> throw new AssertionError("a property of " + value.getClass());
    })));
    return new Cbor.Map(pairs).encoded();
  }
}
