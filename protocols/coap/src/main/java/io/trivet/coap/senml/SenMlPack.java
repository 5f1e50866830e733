package io.trivet.coap.senml;

import io.trivet.base.Parsed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records in their order, as they are sent: base fields stand in one record and count for those after it.
public record SenMlPack(List<SenMlRecord> records) {
  private static final String RULE = "RFC 8428, section 4";

  /// The version of the specification where no record names another.
  private static final double VERSION = 10;

  /// A time below is relative to now (section 4.5.3).
  private static final double RELATIVE_BELOW = 1 << 28;

  public SenMlPack {
    records = List.copyOf(records);
  }

  /// The records each by itself: whole names, absolute times (seconds since 1970), units, values and sums with their base
  /// added, no base fields (section 4.6). Refuses names that cannot be, records with two values or none, and versions
  /// from the future.
  ///
  /// @param nowSeconds since 1970, for relative times
  public Parsed<List<SenMlRecord>> resolve(double nowSeconds) {
    Bases bases = new Bases();
    List<SenMlRecord> resolved = new ArrayList<>(records.size());
    for (SenMlRecord r : records) {
      bases.learn(r);
      if (bases.version != VERSION && (bases.version > VERSION || bases.version < 1)) {
        return wrong(resolved.size(), "version " + bases.version + " is not known");
      }
      if (isOnlyBase(r)) {
        continue; // it says what counts for those after it
      }
      if (r.removes()) {
        return wrong(resolved.size(), "a null value is for patches");
      }
      long values = r.fields().keySet().stream().filter(SenMlField::isValue).count();
      boolean hasSum = r.has(SenMlField.SUM) || bases.hasSum;
      if (values > 1 || values == 0 && !hasSum && !(bases.hasValue && r.has(SenMlField.NAME))) {
        return wrong(resolved.size(), values > 1 ? "more than one value" : "neither a value nor a sum");
      }
      String name = bases.name + r.text(SenMlField.NAME).orElse("");
      if (!isName(name)) {
        return wrong(resolved.size(), "no name: " + (name.length() > 40 ? name.substring(0, 40) : name));
      }
      SenMlRecord one = bases.applied(r, name, nowSeconds);
      if (one == null) {
        return wrong(resolved.size(), "a number grows beyond what can be written");
      }
      resolved.add(one);
    }
    return Parsed.valid(resolved);
  }

  private static boolean isOnlyBase(SenMlRecord r) {
    return !r.removes() && !r.fields().isEmpty() && r.fields().keySet().stream().allMatch(SenMlField::isBase);
  }

  private static Parsed<List<SenMlRecord>> wrong(int record, String what) {
    return Parsed.invalid(RULE, "record " + record + ": " + what);
  }

  /// Letters, digits and `-:./_`, the first a letter or digit (section 4.5.1).
  static boolean isName(String s) {
    if (s.isEmpty() || !isAlphanumeric(s.charAt(0))) {
      return false;
    }
    return s.chars().allMatch(c -> isAlphanumeric((char) c) || "-:./_".indexOf(c) >= 0);
  }

  private static boolean isAlphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  /// What the base fields up to now say.
  static final class Bases {
    String name = "";
    private String unit = "";
    private double time;
    private double value;
    private double sum;
    private double version = VERSION;
    private boolean hasTime;
    private boolean hasValue;
    private boolean hasSum;

    void learn(SenMlRecord r) {
      name = r.text(SenMlField.BASE_NAME).orElse(name);
      unit = r.text(SenMlField.BASE_UNIT).orElse(unit);
      time = r.number(SenMlField.BASE_TIME).orElse(time);
      value = r.number(SenMlField.BASE_VALUE).orElse(value);
      sum = r.number(SenMlField.BASE_SUM).orElse(sum);
      version = r.number(SenMlField.BASE_VERSION).orElse(version);
      hasTime |= r.has(SenMlField.BASE_TIME);
      hasValue |= r.has(SenMlField.BASE_VALUE);
      hasSum |= r.has(SenMlField.BASE_SUM);
    }

    boolean givesTime(SenMlRecord r) {
      return hasTime || r.has(SenMlField.TIME);
    }

    /// Absolute, in seconds since 1970.
    double timeOf(SenMlRecord r, double nowSeconds) {
      double t = time + r.number(SenMlField.TIME).orElse(0);
      return t < RELATIVE_BELOW ? nowSeconds + t : t;
    }

    String unitOf(SenMlRecord r) {
      return r.text(SenMlField.UNIT).orElse(unit);
    }

    @Nullable SenMlRecord applied(SenMlRecord r, String whole, double nowSeconds) {
      SenMlRecord one = SenMlRecord.EMPTY.with(SenMlField.NAME, whole);
      if (!unitOf(r).isEmpty()) {
        one = one.with(SenMlField.UNIT, unitOf(r));
      }
      double at = timeOf(r, nowSeconds);
      double v = value + r.number(SenMlField.VALUE).orElse(0);
      double s = sum + r.number(SenMlField.SUM).orElse(0);
      if (!Double.isFinite(at) || !Double.isFinite(v) || !Double.isFinite(s)) {
        return null;
      }
      one = one.with(SenMlField.TIME, at);
      boolean other = r.has(SenMlField.STRING_VALUE) || r.has(SenMlField.BOOLEAN_VALUE) || r.has(SenMlField.DATA_VALUE);
      if (r.has(SenMlField.VALUE) || hasValue && !other) {
        one = one.with(SenMlField.VALUE, v);
      }
      if (r.has(SenMlField.SUM) || hasSum) {
        one = one.with(SenMlField.SUM, s);
      }
      for (SenMlField f : List.of(SenMlField.STRING_VALUE, SenMlField.BOOLEAN_VALUE, SenMlField.DATA_VALUE,
          SenMlField.UPDATE_TIME)) {
        Object held = r.fields().get(f);
        if (held != null) {
          one = one.with(f, held);
        }
      }
      return one;
    }
  }
}
