package io.trivet.policy.trust;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import io.trivet.policy.time.Ages;
import io.trivet.policy.time.Items;
import java.util.List;

/// A table of trust in deterministic CBOR: `[1, wall milliseconds, [aspect...], [subject...]]`; a subject is
/// `[name, method, [[aspect, good, bad, age]...]]` with those aspects that there is evidence in, ages in nanoseconds.
final class TrustSnapshot {
  private static final String RULE = "trust";
  private static final int VERSION = 1;

  private TrustSnapshot() {}

  static Bytes write(TrustTable t, long now, long wallMillis) {
    CborWriter out = new CborWriter().array(4).integer(VERSION).integer(Math.max(0, wallMillis));
    out.array(t.aspects().size());
    t.aspects().forEach(a -> out.text(a.name()));
    int subjects = 0;
    CborWriter inner = new CborWriter();
    for (String name : t.ordered()) {
      Evidence e = t.bySubject().get(name);
      if (e != null) {
        subjects++;
        synchronized (e) {
          subject(inner.array(3).text(name).text(e.method()), e, now);
        }
      }
    }
    return out.array(subjects).raw(inner.bytes()).bytes();
  }

  private static void subject(CborWriter out, Evidence e, long now) {
    int any = 0;
    for (int i = 0; i < e.at.length; i++) {
      any += e.good[i] > 0 || e.bad[i] > 0 ? 1 : 0;
    }
    out.array(any);
    for (int i = 0; i < e.at.length; i++) {
      if (e.good[i] > 0 || e.bad[i] > 0) {
        out.array(4).integer(i).number(e.good[i]).number(e.bad[i]).integer(Ages.of(now, e.at[i]));
      }
    }
  }

  static Parsed<TrustTable> read(Bytes snapshot, TrustTable into, long now, long wallMillis) {
    long itemsMax = 1_000 + (5L + 5L * TrustTable.ASPECTS_MAX) * into.subjectsMax();
    return switch (CborReader.only(snapshot, new CborLimits(6, (int) Math.min(Integer.MAX_VALUE, itemsMax), true))) {
      case CborReader.Read.Broken(String what) -> Parsed.invalid(RULE, what);
      case CborReader.Read.End _ -> Parsed.invalid(RULE, "nothing");
      case CborReader.Read.Item(Cbor item) -> {
        try {
          table(item, into, now, wallMillis);
          yield Parsed.valid(into);
        } catch (Items.Misfit m) {
          yield Parsed.invalid(RULE, String.valueOf(m.getMessage()));
        }
      }
    };
  }

  private static void table(Cbor item, TrustTable into, long now, long wallMillis) throws Items.Misfit {
    Items top = Items.of(item, 4);
    long version = top.number(0, Long.MAX_VALUE);
    if (version != VERSION) {
      throw new Items.Misfit("version " + version + " where this server reads " + VERSION);
    }
    long wallThen = top.number(0, Long.MAX_VALUE);
    List<Cbor> names = Items.array(top.next());
    int[] numbers = new int[names.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = -1;
      for (int a = 0; a < into.aspects().size(); a++) {
        if (names.get(i).equals(Cbor.of(into.aspects().get(a).name()))) {
          numbers[i] = a;
        }
      }
    }
    for (Cbor each : Items.array(top.next())) {
      Items s = Items.of(each, 3);
      String name = s.text(TrustTable.SUBJECT_CHARS_MAX);
      Evidence e = new Evidence(s.text(256), into.aspects().size(), now);
      for (Cbor one : Items.array(s.next())) {
        Items in = Items.of(one, 4);
        long number = in.number(0, Long.MAX_VALUE);
        double good = in.fraction(0, Evidence.MOST);
        double bad = in.fraction(0, Evidence.MOST);
        long at = Ages.at(now, in.number(0, Long.MAX_VALUE), wallThen, wallMillis);
        if (number >= numbers.length) {
          throw new Items.Misfit("aspect " + number + " of " + numbers.length);
        }
        int a = numbers[(int) number];
        if (a >= 0) {
          e.good[a] = good;
          e.bad[a] = bad;
          e.at[a] = at;
        }
      }
      if (into.bySubject().containsKey(name) || !into.admit(name, e, now)) {
        throw new Items.Misfit("subjects twice, or more with evidence than the " + into.subjectsMax() + " there is room for");
      }
    }
  }
}
