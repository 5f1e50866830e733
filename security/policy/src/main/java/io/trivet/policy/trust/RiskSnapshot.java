package io.trivet.policy.trust;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import io.trivet.policy.time.Ages;
import io.trivet.policy.time.Items;

/// A table of risks in deterministic CBOR: `[1, wall milliseconds, [value, age], [[name, value, age]...]]`, the first being
/// everybody's, ages in nanoseconds.
final class RiskSnapshot {
  private static final String RULE = "risk";
  private static final int VERSION = 1;
  private static final CborLimits LIMITS = new CborLimits(3, 50_000_000, true);

  private RiskSnapshot() {}

  static Bytes write(RiskTable t, long now, long wallMillis) {
    CborWriter out = new CborWriter().array(4).integer(VERSION).integer(Math.max(0, wallMillis));
    out.array(2).number(t.common().value()).integer(Ages.of(now, t.common().at()));
    int names = 0;
    CborWriter inner = new CborWriter();
    for (String n : t.ordered()) {
      RiskTable.Risk r = t.find(n);
      if (r != null) {
        names++;
        inner.array(3).text(n).number(r.value()).integer(Ages.of(now, r.at()));
      }
    }
    return out.array(names).raw(inner.bytes()).bytes();
  }

  static Parsed<RiskTable> read(Bytes snapshot, RiskTable into, long now, long wallMillis) {
    return switch (CborReader.only(snapshot, LIMITS)) {
      case CborReader.Read.Broken(String what) -> Parsed.invalid(RULE, what);
      case CborReader.Read.End _ -> Parsed.invalid(RULE, "nothing");
      case CborReader.Read.Item(Cbor item) -> {
        try {
          Items top = Items.of(item, 4);
          long version = top.number(0, Long.MAX_VALUE);
          if (version != VERSION) {
            throw new Items.Misfit("version " + version + " where this server reads " + VERSION);
          }
          long wallThen = top.number(0, Long.MAX_VALUE);
          Items common = Items.of(top.next(), 2);
          into.common(risk(common, now, wallThen, wallMillis));
          for (Cbor each : Items.array(top.next())) {
            Items in = Items.of(each, 3);
            String name = in.text(RiskTable.NAME_CHARS_MAX);
            RiskTable.Risk r = risk(in, now, wallThen, wallMillis);
            if (into.find(name) != null) {
              throw new Items.Misfit("a name that stands there twice");
            }
            into.put(name, r, now);
          }
          yield Parsed.valid(into);
        } catch (Items.Misfit m) {
          yield Parsed.invalid(RULE, String.valueOf(m.getMessage()));
        }
      }
    };
  }

  private static RiskTable.Risk risk(Items in, long now, long wallThen, long wallMillis) throws Items.Misfit {
    double value = in.fraction(0, 1);
    return new RiskTable.Risk(value, Ages.at(now, in.number(0, Long.MAX_VALUE), wallThen, wallMillis));
  }
}
