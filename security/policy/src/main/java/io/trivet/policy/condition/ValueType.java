package io.trivet.policy.condition;

import com.google.common.collect.ImmutableList;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What an attribute, a context value or a parameter may be.
public enum ValueType {
  STRING(SimpleType.STRING),
  INT(SimpleType.INT),
  DOUBLE(SimpleType.DOUBLE),
  BOOL(SimpleType.BOOL),
  DURATION(SimpleType.DURATION),

  /// Texts, in attributes separated by commas.
  STRINGS(ListType.create(SimpleType.STRING));

  private final CelType cel;

  ValueType(CelType cel) {
    this.cel = cel;
  }

  CelType cel() {
    return cel;
  }

  public static Optional<ValueType> of(String name) {
    return Arrays.stream(values()).filter(t -> t.toString().equals(name)).findFirst();
  }

  /// The value that a text stands for, or nothing where it is none of this type.
  public Optional<Object> parse(String text) {
    try {
      return switch (this) {
        case STRING -> Optional.of(text);
        case INT -> Optional.of(Long.parseLong(text));
        case DOUBLE -> number(text);
        case BOOL -> text.equals("true") ? Optional.of(true) : text.equals("false") ? Optional.of(false) : Optional.empty();
        case DURATION -> Durations.parse(text).map(d -> d);
        case STRINGS -> Optional.of(list(text));
      };
    } catch (NumberFormatException _) { // only that it is none matters: whoever asks says so with the place
      return Optional.empty();
    }
  }

  private static Optional<Object> number(String text) {
    double d = Double.parseDouble(text);
    return Double.isFinite(d) ? Optional.of(d) : Optional.empty();
  }

  private static List<String> list(String text) {
    return ImmutableList.copyOf(Arrays.stream(text.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
