package io.trivet.coap.senml;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields of a record (RFC 8428, tables 1 and 2; the labels of CBOR in table 6).
public enum SenMlField {
  BASE_VERSION("bver", -1, Kind.NUMBER),
  BASE_NAME("bn", -2, Kind.TEXT),
  BASE_TIME("bt", -3, Kind.NUMBER),
  BASE_UNIT("bu", -4, Kind.TEXT),
  BASE_VALUE("bv", -5, Kind.NUMBER),
  BASE_SUM("bs", -6, Kind.NUMBER),
  NAME("n", 0, Kind.TEXT),
  UNIT("u", 1, Kind.TEXT),
  VALUE("v", 2, Kind.NUMBER),
  STRING_VALUE("vs", 3, Kind.TEXT),
  BOOLEAN_VALUE("vb", 4, Kind.BOOLEAN),
  DATA_VALUE("vd", 8, Kind.DATA),
  SUM("s", 5, Kind.NUMBER),
  TIME("t", 6, Kind.NUMBER),
  UPDATE_TIME("ut", 7, Kind.NUMBER);

  /// What a field holds: a `Double`, a `String`, a `Boolean` or `Bytes`.
  public enum Kind {
    NUMBER,
    TEXT,
    BOOLEAN,
    DATA
  }

  private static final Map<String, SenMlField> BY_LABEL = new HashMap<>();
  private static final Map<String, SenMlField> BY_NUMBER = new HashMap<>();

  static {
    for (SenMlField f : values()) {
      BY_LABEL.put(f.label, f);
      BY_NUMBER.put(Integer.toString(f.number), f);
    }
  }

  private final String label;
  private final int number;
  private final Kind kind;

  SenMlField(String label, int number, Kind kind) {
    this.label = label;
    this.number = number;
    this.kind = kind;
  }

  /// The name of the field in JSON.
  public String label() {
    return label;
  }

  /// The name of the field in CBOR.
  public int number() {
    return number;
  }

  public Kind kind() {
    return kind;
  }

  /// Whether it counts for all records from its own on.
  public boolean isBase() {
    return number < 0;
  }

  /// Whether it is one of the four that hold what was measured.
  public boolean isValue() {
    return this == VALUE || this == STRING_VALUE || this == BOOLEAN_VALUE || this == DATA_VALUE;
  }

  static @Nullable SenMlField ofLabel(String label) {
    return BY_LABEL.get(label);
  }

  static @Nullable SenMlField ofNumber(String number) {
    return BY_NUMBER.get(number);
  }
}
