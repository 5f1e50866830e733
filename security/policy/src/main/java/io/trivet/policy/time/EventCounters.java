package io.trivet.policy.time;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// How often declared events happened for a key: the counters behind `count`, `count_total`, `count_since`, `seen` and
/// `since`. They are the operators repLim, repMax, repSince and within of SecKit (Neisse, Steri, Baldini, WiMob 2014).
///
/// **Reading changes nothing**; only [#record] does. An answer is exact or there is none: where what is asked about was
/// forgotten, [NotKnown] is thrown, the condition that asked fails, and what fails is denied.
///
/// **What is kept.** For each event and key the number of all occurrences, and time and order of the newest, in a ring that
/// grows from 4 up to what the event remembers. **When the table is full** the entry of the stripe that has been quiet for
/// longest goes. Nothing is lost where it has been quiet for longer than the event's horizon. Otherwise its key is noted
/// in a Bloom filter, and the time of its last occurrence: questions about a key of the filter that reach back that far are
/// not answered any more, shorter windows are. When all slots are taken, rings stop growing and forget their oldest sooner.
///
/// **Windows** are half open: an occurrence counts for `window` while its age is less than `window`, so what happened exactly
/// 10 s ago is out of a window of 10 s. What is dated after `now` counts as happening now.
///
/// May be used by several threads: keys are spread over 16 stripes, each behind its own monitor.
public final class EventCounters {
  static final int STRIPES = 16;
  static final int EVENTS_MAX = 1_000;
  static final int KEY_CHARS_MAX = 256;
  static final String HASHED = "sha256:";
  private static final HexFormat HEX = HexFormat.of();

  private final List<Counted> events;
  private final Map<String, Integer> names = new HashMap<>();
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final Room room;
  private final long seed;

  /// @param keysMax entries (one for each event and key) in all
  /// @param slotsMax remembered occurrences in all, at least four for each entry
  public record Room(int keysMax, int slotsMax) {
    /// About 25 MB of entries with short keys when full, and 32 MB of remembered occurrences.
    public static final Room DEFAULT = new Room(100_000, 2_000_000);

    public Room {
      if (keysMax < STRIPES || keysMax > 10_000_000 || slotsMax < 4L * keysMax || slotsMax > 100_000_000) {
        throw new IllegalArgumentException("room for " + keysMax + " keys and " + slotsMax
            + " occurrences: give 16 to 10000000 keys, and four occurrences for each up to 100000000");
      }
    }
  }

  /// @param seed drawn at random, so that no peer can tell which keys look like its own to the filter of the lost
  public EventCounters(List<Counted> events, Room room, long seed) {
    if (events.size() > EVENTS_MAX) {
      throw new IllegalArgumentException(events.size() + " events: at most " + EVENTS_MAX + " are counted");
    }
    this.events = List.copyOf(events);
    this.room = room;
    this.seed = seed;
    for (int i = 0; i < events.size(); i++) {
      if (names.put(events.get(i).name(), i) != null) {
        throw new IllegalArgumentException("event '" + events.get(i).name() + "' stands there twice");
      }
    }
    Counted[] all = events.toArray(new Counted[0]);
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe(all, (room.keysMax + STRIPES - 1) / STRIPES, (room.slotsMax + STRIPES - 1) / STRIPES, seed);
    }
  }

  /// An occurrence. A key of more than 256 characters, or with unusual ones, is kept as its SHA-256.
  ///
  /// @param now nanoseconds of a clock that never goes back
  public void record(String event, String key, long now) {
    int e = index(event);
    String k = bounded(key);
    Stripe s = stripe(k);
    synchronized (s) {
      s.record(e, k, now);
    }
  }

  /// How often it happened within the window that ends now.
  ///
  /// @throws NotKnown where that was forgotten
  public long count(String event, String key, Duration window, long now) {
    int e = index(event);
    long w = Times.nanos(window);
    if (w > events.get(e).horizonNanos()) {
      throw new IllegalArgumentException(
          "a window of " + window + " on '" + event + "', whose horizon is " + events.get(e).horizon().orElseThrow());
    }
    String k = bounded(key);
    Stripe s = stripe(k);
    synchronized (s) {
      return s.count(e, k, now, w);
    }
  }

  /// Whether it happened within the window that ends now.
  ///
  /// @throws NotKnown where that was forgotten
  public boolean seen(String event, String key, Duration window, long now) {
    return count(event, key, window, now) > 0;
  }

  /// How often it ever happened.
  ///
  /// @throws NotKnown where that was forgotten
  public long countTotal(String event, String key) {
    int e = lasting(event);
    String k = bounded(key);
    Stripe s = stripe(k);
    synchronized (s) {
      return s.total(e, k);
    }
  }

  /// How often `event` happened since `start` last did; since ever where `start` never did.
  ///
  /// @throws NotKnown where that was forgotten
  public long countSince(String event, String start, String key) {
    int from = lasting(start);
    int e = lasting(event);
    String k = bounded(key);
    Stripe s = stripe(k);
    synchronized (s) {
      return s.since(e, from, k);
    }
  }

  /// How many nanoseconds ago it last happened; empty where it never did.
  ///
  /// @throws NotKnown where that was forgotten
  public OptionalLong since(String event, String key, long now) {
    int e = lasting(event);
    String k = bounded(key);
    Stripe s = stripe(k);
    long age;
    synchronized (s) {
      age = s.age(e, k, now);
    }
    return age < 0 ? OptionalLong.empty() : OptionalLong.of(age);
  }

  /// @param evicted entries that were given up with a loss, since the start
  public record Usage(int keys, int slots, long evicted) {}

  public Usage usage() {
    int keys = 0;
    int slots = 0;
    long evicted = 0;
    for (Stripe s : stripes) {
      synchronized (s) {
        keys += s.keys();
        slots += s.slots();
        evicted += s.evicted();
      }
    }
    return new Usage(keys, slots, evicted);
  }

  /// Everything, to be put back by [#restored] when the server starts again.
  ///
  /// @param wallMillis since 1970, by which the time spent stopped is told
  public Bytes snapshot(long now, long wallMillis) {
    return CounterSnapshot.write(this, now, wallMillis);
  }

  /// Counters that go on where a snapshot stopped. Events that are declared no longer are left out, new ones begin with
  /// nothing. The time between counts as having passed, where the wall clock has not gone back.
  ///
  /// @return invalid where the snapshot is none, or holds more than there is room for
  public static Parsed<EventCounters> restored(
      Bytes snapshot, List<Counted> events, Room room, long now, long wallMillis) {
    return CounterSnapshot.read(snapshot, events, room, now, wallMillis);
  }

  List<Counted> events() {
    return events;
  }

  Stripe[] stripes() {
    return stripes;
  }

  Room room() {
    return room;
  }

  long seed() {
    return seed;
  }

  private int index(String event) {
    Integer i = names.get(event);
    if (i == null) {
      throw new IllegalArgumentException("no event '" + event + "' is declared");
    }
    return i;
  }

  private int lasting(String event) {
    int i = index(event);
    if (events.get(i).horizon().isPresent()) {
      throw new IllegalArgumentException("'" + event + "' has a horizon: nothing but windows can be asked of it");
    }
    return i;
  }

  Stripe stripe(String key) {
    int h = key.hashCode() * 0x9E3779B9;
    return stripes[h >>> 28];
  }

  /// The key itself where it is short and plain, so that whatever is kept can be written and read again.
  static String bounded(String key) {
    boolean plain = key.length() <= KEY_CHARS_MAX && !key.startsWith(HASHED);
    for (int i = 0; plain && i < key.length(); i++) {
      char c = key.charAt(i);
      plain = c >= ' ' && !Character.isSurrogate(c);
    }
    return plain ? key : hashed(key);
  }

  private static String hashed(String key) {
    byte[] units = new byte[2 * key.length()];
    for (int i = 0; i < key.length(); i++) {
      units[2 * i] = (byte) (key.charAt(i) >>> 8);
      units[2 * i + 1] = (byte) key.charAt(i);
    }
    try {
      return HASHED + HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(units));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
