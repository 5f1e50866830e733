package io.trivet.policy.time;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The entries of a sixteenth of all keys, whose owner holds its monitor. All events of a key are in one stripe, so what
/// came before what has one answer.
final class Stripe {
  private final Counted[] events;
  private final int keysMax;
  private final int slotsMax;
  private final List<Map<String, Entry>> byKey = new ArrayList<>();
  final Lost lost;
  private @Nullable Entry oldest;
  private @Nullable Entry newest;
  private int keys;
  private int slots;
  private long numbers;
  private long evicted;

  Stripe(Counted[] events, int keysMax, int slotsMax, long seed) {
    this.events = events;
    this.keysMax = keysMax;
    this.slotsMax = slotsMax;
    this.lost = new Lost(seed, events.length);
    for (Counted _ : events) {
      byKey.add(new HashMap<>());
    }
  }

  void record(int event, String key, long now) {
    Entry e = byKey.get(event).get(key);
    if (e == null) {
      e = admit(event, key, now);
    } else {
      unlink(e);
    }
    int wants = e.wants(events[event].remembered());
    if (wants > 0 && slots + wants <= slotsMax) {
      e.grow(wants);
      slots += wants;
    }
    e.add(now, ++numbers);
    append(e);
  }

  private Entry admit(int event, String key, long now) {
    while (keys >= keysMax || slots + Entry.firstSlots() > slotsMax) {
      evict(now);
    }
    boolean incomplete = lost.mayHold(event, key);
    Entry e = new Entry(event, key, incomplete, incomplete ? lost.until(event) : 0);
    put(e);
    return e;
  }

  private void put(Entry e) {
    byKey.get(e.event).put(e.key, e);
    keys++;
    slots += e.slots();
  }

  /// Takes in an entry of a snapshot, as the newest.
  ///
  /// @return false where it is larger than all the room, or there already
  boolean restore(Entry e, long now) {
    if (e.slots() > slotsMax || byKey.get(e.event).containsKey(e.key)) {
      return false;
    }
    while (keys >= keysMax || slots + e.slots() > slotsMax) {
      evict(now);
    }
    put(e);
    append(e);
    numbers = Math.max(numbers, e.lastNumber());
    return true;
  }

  /// Gives up the entry that has been quiet for longest. Nothing is lost with it where no question reaches back that far.
  private void evict(long now) {
    Entry e = oldest;
    if (e == null) {
      throw new AssertionError("no room for a single key");
    }
    unlink(e);
    byKey.get(e.event).remove(e.key);
    keys--;
    slots -= e.slots();
    if (Times.age(now, e.lastAt()) < events[e.event].horizonNanos()) {
      lost.add(e.event, e.key, e.lastAt());
      evicted++;
    }
  }

  private void unlink(Entry e) {
    Entry o = e.older;
    Entry n = e.newer;
    if (o == null) {
      oldest = n;
    } else {
      o.newer = n;
    }
    if (n == null) {
      newest = o;
    } else {
      n.older = o;
    }
    e.older = null;
    e.newer = null;
  }

  private void append(Entry e) {
    Entry n = newest;
    e.older = n;
    if (n == null) {
      oldest = e;
    } else {
      n.newer = e;
    }
    newest = e;
  }

  long count(int event, String key, long now, long window) {
    Entry e = byKey.get(event).get(key);
    if (e == null) {
      if (lost.mayHold(event, key) && Times.age(now, lost.until(event)) < window) {
        throw forgotten(event, key);
      }
      return 0;
    }
    if (e.incomplete && Times.age(now, e.gapUntil) < window) {
      throw forgotten(event, key);
    }
    if (e.overflowed() && Times.age(now, e.droppedAt()) < window) {
      throw tooMany(event, key, e);
    }
    return e.younger(now, window);
  }

  long total(int event, String key) {
    Entry e = byKey.get(event).get(key);
    if (e == null ? lost.mayHold(event, key) : e.incomplete) {
      throw forgotten(event, key);
    }
    return e == null ? 0 : e.total();
  }

  long since(int event, int start, String key) {
    Entry counted = byKey.get(event).get(key);
    Entry begin = byKey.get(start).get(key);
    if (begin == null) {
      if (lost.mayHold(start, key)) {
        throw forgotten(start, key);
      }
      return total(event, key);
    }
    boolean gap = counted == null ? lost.mayHold(event, key) : counted.incomplete;
    if (gap && begin.lastAt() <= (counted == null ? lost.until(event) : counted.gapUntil)) {
      throw forgotten(event, key);
    }
    if (counted == null) {
      return 0;
    }
    if (counted.overflowed() && counted.droppedNumber() > begin.lastNumber()) {
      throw tooMany(event, key, counted);
    }
    return counted.after(begin.lastNumber());
  }

  /// @return -1 where it never happened
  long age(int event, String key, long now) {
    Entry e = byKey.get(event).get(key);
    if (e == null) {
      if (lost.mayHold(event, key)) {
        throw forgotten(event, key);
      }
      return -1;
    }
    return Times.age(now, e.lastAt());
  }

  private NotKnown forgotten(int event, String key) {
    return new NotKnown("'" + events[event].name() + "' of " + key + " was forgotten for want of room");
  }

  private NotKnown tooMany(int event, String key, Entry e) {
    return new NotKnown(
        "'" + events[event].name() + "' of " + key + " happened more often than the " + e.used() + " times remembered");
  }

  /// All, from the one that has been quiet for longest.
  List<Entry> entries() {
    List<Entry> all = new ArrayList<>(keys);
    for (Entry e = oldest; e != null; e = e.newer) {
      all.add(e);
    }
    return all;
  }

  int keys() {
    return keys;
  }

  int slots() {
    return slots;
  }

  long evicted() {
    return evicted;
  }
}
