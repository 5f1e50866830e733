package io.trivet.coap.senml;

import io.trivet.base.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What FETCH, PATCH and iPATCH with SenML do to records (RFC 8790, section 3). All records given and returned are
/// resolved ones, each by itself.
public final class SenMlEtch {
  private static final String RULE = "RFC 8790, section 3";

  private SenMlEtch() {}

  /// A record of a selection or patch: which records it means, and what is to become of them.
  private record Entry(String name, Optional<Double> time, Optional<String> unit, SenMlRecord record) {
    boolean means(SenMlRecord target) {
      return target.text(SenMlField.NAME).orElse("").equals(name)
          && (time.isEmpty() || time.get() == target.number(SenMlField.TIME).orElse(0))
          && (unit.isEmpty() || target.text(SenMlField.UNIT).orElse("").equals(unit.get()));
    }
  }

  /// The targets that the pack selects, by name and where given by time and unit, in their order (section 3.1).
  public static Parsed<List<SenMlRecord>> fetch(List<SenMlRecord> targets, SenMlPack selection, double nowSeconds) {
    List<Entry> entries = new ArrayList<>();
    String fault = read(selection, nowSeconds, entries);
    for (Entry e : entries) {
      if (fault.isEmpty() && (e.record.value().isPresent() || e.record.removes() || e.record.has(SenMlField.SUM))) {
        fault = "a selection holds no values";
      }
    }
    return fault.isEmpty()
        ? Parsed.valid(targets.stream().filter(t -> entries.stream().anyMatch(e -> e.means(t))).toList())
        : Parsed.invalid(RULE, fault);
  }

  /// The targets as they are after the patch: what it means is changed, or removed where its value is null, and what is
  /// not there is added at the end (section 3.2). Done wholly or not at all.
  ///
  /// @param recordsMax so many may be left
  public static Parsed<List<SenMlRecord>> patch(
      List<SenMlRecord> targets, SenMlPack patch, double nowSeconds, int recordsMax) {
    List<Entry> entries = new ArrayList<>();
    String fault = read(patch, nowSeconds, entries);
    List<SenMlRecord> now = new ArrayList<>(targets);
    for (Entry e : entries) {
      if (!fault.isEmpty()) {
        break;
      }
      long values = e.record.fields().keySet().stream().filter(SenMlField::isValue).count();
      if (values + (e.record.removes() ? 1 : 0) > 1) {
        fault = "more than one value for " + e.name;
      } else if (values == 0 && !e.record.removes() && !e.record.has(SenMlField.SUM)) {
        fault = "neither a value nor null for " + e.name;
      } else if (e.record.removes()) {
        now.removeIf(e::means);
      } else if (now.stream().anyMatch(e::means)) {
        now.replaceAll(t -> e.means(t) ? changed(t, e) : t);
      } else {
        now.add(changed(SenMlRecord.EMPTY, e));
      }
      if (now.size() > recordsMax) {
        fault = "more than " + recordsMax + " records";
      }
    }
    return fault.isEmpty() ? Parsed.valid(List.copyOf(now)) : Parsed.invalid(RULE, fault);
  }

  private static SenMlRecord changed(SenMlRecord target, Entry e) {
    SenMlRecord r = target.with(SenMlField.NAME, e.name);
    if (e.record.value().isPresent()) {
      for (SenMlField f : SenMlField.values()) {
        r = f.isValue() ? r.without(f) : r;
      }
    }
    for (SenMlField f : SenMlField.values()) {
      Object held = e.record.fields().get(f);
      if (held != null && !f.isBase() && f != SenMlField.NAME) {
        r = r.with(f, held);
      }
    }
    if (e.time.isPresent()) {
      r = r.with(SenMlField.TIME, e.time.get());
    }
    return e.unit.isPresent() ? r.with(SenMlField.UNIT, e.unit.get()) : r;
  }

  /// Fills the entries; returns what is wrong, or the empty text.
  private static String read(SenMlPack pack, double nowSeconds, List<Entry> entries) {
    SenMlPack.Bases bases = new SenMlPack.Bases();
    for (SenMlRecord r : pack.records()) {
      if (r.has(SenMlField.BASE_VALUE) || r.has(SenMlField.BASE_SUM)) {
        return "no base values or sums are taken here";
      }
      bases.learn(r);
      if (!r.has(SenMlField.NAME) && !r.has(SenMlField.BASE_NAME)) {
        return "a record without name and base name";
      }
      String name = bases.name + r.text(SenMlField.NAME).orElse("");
      if (!SenMlPack.isName(name)) {
        return "no name: " + (name.length() > 40 ? name.substring(0, 40) : name);
      }
      double at = bases.timeOf(r, nowSeconds);
      if (!Double.isFinite(at)) {
        return "a time that cannot be";
      }
      entries.add(new Entry(name, bases.givesTime(r) ? Optional.of(at) : Optional.empty(),
          bases.unitOf(r).isEmpty() ? Optional.empty() : Optional.of(bases.unitOf(r)), r));
    }
    return entries.isEmpty() ? "no record" : "";
  }
}
