package io.trivet.policy.time;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.nio.ByteBuffer;
import java.util.List;

/// Counters as bytes, in deterministic CBOR (RFC 8949, section 4.2.1): `[1, wall milliseconds, seed, [name...],
/// [stripe...]]`.
///
/// Of the 16 stripes each is `[filter, losses, [[event, age]...], [entry...]]`, the filter empty where nothing was lost; an
/// entry is `[event, key, total, incomplete, age of the gap, more, pairs]`. Ages are nanoseconds before the snapshot. `pairs`
/// is a string of ages and numbers of occurrences, 8 bytes each, oldest first; where there is more, the first is the
/// newest that is not remembered.
final class CounterSnapshot {
  private static final String RULE = "counters";
  private static final int VERSION = 1;

  private CounterSnapshot() {}

  static Bytes write(EventCounters c, long now, long wallMillis) {
    CborWriter out = new CborWriter();
    out.array(5).integer(VERSION).integer(Math.max(0, wallMillis)).integer(c.seed());
    out.array(c.events().size());
    c.events().forEach(e -> out.text(e.name()));
    out.array(EventCounters.STRIPES);
    for (Stripe s : c.stripes()) {
      synchronized (s) {
        stripe(out, s, c.events().size(), now);
      }
    }
    return out.bytes();
  }

  private static void stripe(CborWriter out, Stripe s, int events, long now) {
    out.array(4).bytes(s.lost.losses() == 0 ? Bytes.EMPTY : Bytes.wrap(s.lost.filter())).integer(s.lost.losses());
    int any = 0;
    for (int e = 0; e < events; e++) {
      any += s.lost.any(e) ? 1 : 0;
    }
    out.array(any);
    for (int e = 0; e < events; e++) {
      if (s.lost.any(e)) {
        out.array(2).integer(e).integer(Ages.of(now, s.lost.until(e)));
      }
    }
    List<Entry> entries = s.entries();
    out.array(entries.size());
    for (Entry e : entries) {
      long[] pairs = e.pairs();
      ByteBuffer b = ByteBuffer.allocate(8 * pairs.length);
      for (int i = 0; i < pairs.length; i++) {
        b.putLong(i % 2 == 0 ? Ages.of(now, pairs[i]) : pairs[i]);
      }
      out.array(7).integer(e.event).text(e.key).integer(e.total()).item(Cbor.of(e.incomplete))
          .integer(e.incomplete ? Ages.of(now, e.gapUntil) : 0).item(Cbor.of(e.overflowed()))
          .bytes(Bytes.wrap(b.array()));
    }
  }

  static Parsed<EventCounters> read(
      Bytes snapshot, List<Counted> events, EventCounters.Room room, long now, long wallMillis) {
    long itemsMax = 100_000L + 10L * room.keysMax() + 3L * EventCounters.STRIPES * EventCounters.EVENTS_MAX;
    CborLimits limits = new CborLimits(5, (int) Math.min(Integer.MAX_VALUE, itemsMax), true);
    return switch (CborReader.only(snapshot, limits)) {
      case CborReader.Read.Broken(String what) -> Parsed.invalid(RULE, what);
      case CborReader.Read.End _ -> Parsed.invalid(RULE, "nothing");
      case CborReader.Read.Item(Cbor item) -> {
        try {
          yield Parsed.valid(new Restoring(events, room, now, wallMillis).counters(item));
        } catch (Items.Misfit m) {
          yield Parsed.invalid(RULE, String.valueOf(m.getMessage()));
        }
      }
    };
  }

  /// One snapshot being read.
  private static final class Restoring {
    private final List<Counted> events;
    private final EventCounters.Room room;
    private final long now;
    private final long wallMillis;
    private long wallThen;

    /// The number that each event of the snapshot has now; -1 where it is declared no longer.
    private int[] numbers = {};

    Restoring(List<Counted> events, EventCounters.Room room, long now, long wallMillis) {
      this.events = events;
      this.room = room;
      this.now = now;
      this.wallMillis = wallMillis;
    }

    EventCounters counters(Cbor item) throws Items.Misfit {
      Items top = Items.of(item, 5);
      long version = top.number(0, Long.MAX_VALUE);
      if (version != VERSION) {
        throw new Items.Misfit("version " + version + " where this server reads " + VERSION);
      }
      wallThen = top.number(0, Long.MAX_VALUE);
      EventCounters c = new EventCounters(events, room, top.number(Long.MIN_VALUE, Long.MAX_VALUE));
      names(Items.array(top.next()));
      Items stripes = Items.of(top.next(), EventCounters.STRIPES);
      for (Stripe s : c.stripes()) {
        stripe(c, s, Items.of(stripes.next(), 4));
      }
      return c;
    }

    private void names(List<Cbor> names) throws Items.Misfit {
      if (names.size() > EventCounters.EVENTS_MAX) {
        throw new Items.Misfit(names.size() + " events");
      }
      numbers = new int[names.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = -1;
        for (int e = 0; e < events.size(); e++) {
          if (names.get(i).equals(Cbor.of(events.get(e).name()))) {
            numbers[i] = e;
          }
        }
      }
    }

    private void stripe(EventCounters c, Stripe s, Items in) throws Items.Misfit {
      Bytes filter = in.bytes(0, Lost.FILTER_BYTES);
      long losses = in.number(0, Long.MAX_VALUE / 2);
      if (filter.length() != (losses == 0 ? 0 : Lost.FILTER_BYTES)) {
        throw new Items.Misfit("a filter of " + filter.length() + " bytes for " + losses + " losses");
      }
      s.lost.restore(filter.toArray(), losses);
      for (Cbor each : Items.array(in.next())) {
        Items pair = Items.of(each, 2);
        int event = event(pair);
        long until = at(pair.number(0, Long.MAX_VALUE));
        if (event >= 0) {
          s.lost.widen(event, until);
        }
      }
      for (Cbor each : Items.array(in.next())) {
        entry(c, s, Items.of(each, 7));
      }
    }

    private void entry(EventCounters c, Stripe s, Items in) throws Items.Misfit {
      int event = event(in);
      String key = in.text(EventCounters.KEY_CHARS_MAX);
      long total = in.number(1, Long.MAX_VALUE);
      boolean incomplete = in.flag();
      long gapUntil = at(in.number(0, Long.MAX_VALUE));
      boolean more = in.flag();
      long[] pairs = pairs(in.bytes(16, 16 * (Counted.REMEMBERED_MAX + 8)));
      int whole = pairs.length / 2;
      if (more ? whole < 2 || total < whole : total != whole) {
        throw new Items.Misfit(total + " occurrences, " + whole + " of them remembered");
      }
      if (c.stripe(key) != s) {
        throw new Items.Misfit("a key in a stripe that is not its own");
      }
      if (event < 0) {
        return;
      }
      Entry e = new Entry(event, key, incomplete, gapUntil);
      e.restore(total, pairs, more);
      if (!s.restore(e, now)) {
        throw new Items.Misfit("a key that stands there twice, or is larger than the room");
      }
    }

    private long[] pairs(Bytes packed) throws Items.Misfit {
      if (packed.length() % 16 != 0) {
        throw new Items.Misfit("a broken pair");
      }
      ByteBuffer b = ByteBuffer.wrap(packed.toArray());
      long[] pairs = new long[packed.length() / 8];
      long age = Long.MAX_VALUE;
      long number = 0;
      for (int i = 0; i < pairs.length; i += 2) {
        long a = b.getLong();
        long n = b.getLong();
        if (a < 0 || a > age || n <= number || n > Long.MAX_VALUE / 2) {
          throw new Items.Misfit("occurrences out of order");
        }
        age = a;
        number = n;
        pairs[i] = at(a);
        pairs[i + 1] = n;
      }
      return pairs;
    }

    private int event(Items in) throws Items.Misfit {
      return numbers.length == 0 ? refuse() : numbers[(int) in.number(0, numbers.length - 1)];
    }

    private static int refuse() throws Items.Misfit {
      throw new Items.Misfit("an event where none is declared");
    }

    private long at(long age) {
      return Ages.at(now, age, wallThen, wallMillis);
    }
  }
}
