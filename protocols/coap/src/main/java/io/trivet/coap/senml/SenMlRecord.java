package io.trivet.coap.senml;

import io.trivet.base.Bytes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// One record of a pack: fields and their values, each of the kind its field has.
///
/// @param removes whether its value is null, which only a patch may say (RFC 8790, section 3.2)
public record SenMlRecord(Map<SenMlField, Object> fields, boolean removes) {
  public static final SenMlRecord EMPTY = new SenMlRecord(Map.of(), false);

  public SenMlRecord {
    EnumMap<SenMlField, Object> copy = new EnumMap<>(SenMlField.class);
    fields.forEach((f, v) -> {
      boolean fits = switch (f.kind()) {
        case NUMBER -> v instanceof Double d && Double.isFinite(d);
        case TEXT -> v instanceof String;
        case BOOLEAN -> v instanceof Boolean;
        case DATA -> v instanceof Bytes;
      };
      if (!fits) {
        throw new IllegalArgumentException(f + " cannot hold " + v);
      }
      copy.put(f, v);
    });
    fields = Collections.unmodifiableMap(copy);
  }

  public static SenMlRecord of(String name, String unit, double value) {
    return EMPTY.with(SenMlField.NAME, name).with(SenMlField.UNIT, unit).with(SenMlField.VALUE, value);
  }

  public SenMlRecord with(SenMlField f, Object value) {
    EnumMap<SenMlField, Object> all = new EnumMap<>(SenMlField.class);
    all.putAll(fields);
    all.put(f, value);
    return new SenMlRecord(all, removes);
  }

  public SenMlRecord without(SenMlField f) {
    EnumMap<SenMlField, Object> all = new EnumMap<>(SenMlField.class);
    all.putAll(fields);
    all.remove(f);
    return new SenMlRecord(all, removes);
  }

  public boolean has(SenMlField f) {
    return fields.containsKey(f);
  }

  public OptionalDouble number(SenMlField f) {
    return fields.get(f) instanceof Double d ? OptionalDouble.of(d) : OptionalDouble.empty();
  }

  public Optional<String> text(SenMlField f) {
    return fields.get(f) instanceof String s ? Optional.of(s) : Optional.empty();
  }

  /// What was measured, without its kind.
  public Optional<Object> value() {
    for (Map.Entry<SenMlField, Object> e : fields.entrySet()) {
      if (e.getKey().isValue()) {
        return Optional.of(e.getValue());
      }
    }
    return Optional.empty();
  }
}
