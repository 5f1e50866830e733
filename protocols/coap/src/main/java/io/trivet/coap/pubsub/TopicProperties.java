package io.trivet.coap.pubsub;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private static final CBORFactory CBOR = CBORFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).maxStringLength(1 << 20)
          .maxNumberLength(24).build())
      .build();

  private TopicProperties() {}

  private static <T> Parsed<T> bad(String what) {
    return Parsed.invalid("core-pubsub+cbor", what);
  }

  /// Reads the map; unknown keys and wrong kinds are refused.
  static Parsed<Map<Integer, Object>> read(Bytes payload) {
    try (CBORParser p = CBOR.createParser(payload.backingArray(), payload.backingOffset(), payload.length())) {
      if (p.nextToken() != JsonToken.START_OBJECT) {
        return bad("a map is wanted");
      }
      Map<Integer, Object> found = new LinkedHashMap<>();
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = p.currentName();
        if (name.length() != 1 || name.charAt(0) < '0' || name.charAt(0) > '9') {
          return bad("no property has the key " + (name.length() > 20 ? "given" : name));
        }
        int key = name.charAt(0) - '0';
        p.nextToken();
        Object value = value(p, key);
        if (value == null) {
          return bad("property " + key + " has another kind of value");
        }
        if (found.put(key, value) != null) {
          return bad("property " + key + " twice");
        }
      }
      return p.currentToken() == JsonToken.END_OBJECT && p.nextToken() == null
          ? Parsed.valid(found) : bad("the map does not end where the payload does");
    } catch (IOException e) {
      return bad("no well-formed CBOR");
    }
  }

  private static @org.jspecify.annotations.Nullable Object value(CBORParser p, int key) throws IOException {
    JsonToken t = p.currentToken();
    return switch (key) {
      case TOPIC_NAME, TOPIC_DATA, RESOURCE_TYPE, TOPIC_TYPE ->
          t == JsonToken.VALUE_STRING && p.getTextLength() <= TEXT_MAX ? p.getText() : null;
      case CONTENT_FORMAT, MAX_SUBSCRIBERS, OBSERVER_CHECK -> number(p);
      case EXPIRATION_DATE -> p.getCurrentTag() == EPOCH_TAG ? number(p) : null;
      case INITIALIZE -> t == JsonToken.VALUE_EMBEDDED_OBJECT ? Bytes.wrap(p.getBinaryValue()) : null;
      case CONF_FILTER -> filter(p);
      default -> null;
    };
  }

  private static @org.jspecify.annotations.Nullable Long number(JsonParser p) throws IOException {
    boolean fits = p.currentToken() == JsonToken.VALUE_NUMBER_INT && p.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    long n = fits ? p.getLongValue() : -1;
    return n < 0 ? null : n;
  }

  private static @org.jspecify.annotations.Nullable List<Long> filter(CBORParser p) throws IOException {
    if (p.currentToken() != JsonToken.START_ARRAY) {
      return null;
    }
    List<Long> keys = new ArrayList<>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      Long n = number(p);
      if (n == null || keys.size() == FILTER_MAX) {
        return null;
      }
      keys.add(n);
    }
    return keys;
  }

  /// Writes the map, its keys in their order.
  static Bytes write(Map<Integer, Object> properties) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    try (CBORGenerator g = CBOR.createGenerator(out)) {
      g.writeStartObject(properties.size());
      for (Map.Entry<Integer, Object> e : properties.entrySet()) {
        g.writeFieldId(e.getKey());
        switch (e.getValue()) {
          case String s -> g.writeString(s);
          case Bytes b -> g.writeBinary(b.toArray());
          case Long n -> {
            if (e.getKey() == EXPIRATION_DATE) {
              g.writeTag(EPOCH_TAG);
            }
            g.writeNumber(n);
          }
          default -> throw new AssertionError("a property of " + e.getValue().getClass());
        }
      }
      g.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Bytes.wrap(out.toByteArray());
  }
}
