package io.trivet.policy.condition;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.cel.common.values.NullValue;
import io.trivet.base.Bytes;
import io.trivet.broker.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The payload of a message as conditions read it: JSON (RFC 8259) in maps, lists, texts, whole numbers,
/// doubles, truths. What is longer, deeper or larger than the limits, names a member twice, or holds a number
/// that no 64 bits hold, is read as nothing, so that a condition that asks for it is an error.
final class PayloadValues {
  static final int BYTES_MAX = 65_536;
  private static final int DEPTH_MAX = 32;
  private static final int VALUES_MAX = 10_000;

  private static final JsonFactory JSON = JsonFactory.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(DEPTH_MAX).maxNumberLength(40).maxStringLength(BYTES_MAX).maxNameLength(1_024).build())
      .build();

  private final JsonParser in;
  private int values;

  private PayloadValues(JsonParser in) {
    this.in = in;
  }

  static Optional<Object> parse(Message m) {
    Bytes payload = m.payload();
    if (payload.isEmpty() || payload.length() > BYTES_MAX) {
      return Optional.empty();
    }
    try (JsonParser in = JSON.createParser(payload.backingArray(), payload.backingOffset(), payload.length())) {
      in.nextToken();
      Optional<Object> value = new PayloadValues(in).value();
      return in.nextToken() == null ? value : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // no JSON: what a peer sends wrong is no value, and asking for it an error of the rule
    }
  }

  /// Nothing where a limit was met.
  private Optional<Object> value() throws IOException {
    JsonToken t = in.currentToken();
    if (t == null || ++values > VALUES_MAX) {
      return Optional.empty();
    }
    return switch (t) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> Optional.of(in.getText());
      case VALUE_NUMBER_INT -> in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          ? Optional.empty() : Optional.of(in.getLongValue());
      case VALUE_NUMBER_FLOAT -> Double.isFinite(in.getDoubleValue())
          ? Optional.of(in.getDoubleValue()) : Optional.empty();
      case VALUE_TRUE -> Optional.of(true);
      case VALUE_FALSE -> Optional.of(false);
      case VALUE_NULL -> Optional.of(NullValue.NULL_VALUE);
      default -> Optional.empty();
    };
  }

  private Optional<Object> object() throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      Optional<Object> v = value();
      if (v.isEmpty()) {
        return v;
      }
      members.put(name, v.get());
    }
    return Optional.of(members);
  }

  private Optional<Object> array() throws IOException {
    List<Object> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Optional<Object> v = value();
      if (v.isEmpty()) {
        return v;
      }
      items.add(v.get());
    }
    return Optional.of(items);
  }
}
