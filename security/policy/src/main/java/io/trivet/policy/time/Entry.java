package io.trivet.policy.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is known of one event for one key: how often it ever happened, and when it last did.
///
/// The newest occurrences stand in a ring that grows by doubling up to what the event remembers: even places hold times, odd
/// ones the number that the occurrence had among all of its stripe, which tells what came before what while time
/// stands still.
final class Entry {
  private static final int FIRST_SLOTS = 4;

  final int event;
  final String key;

  /// In the list of the stripe, by the time of the last occurrence.
  @Nullable Entry older;
  @Nullable Entry newer;

  /// Whether occurrences of it may have been forgotten altogether: up to [#gapUntil].
  final boolean incomplete;
  final long gapUntil;

  private long total;
  private long[] ring = new long[2 * FIRST_SLOTS];
  private int head;
  private int used;
  private long droppedAt;
  private long droppedNumber;

  Entry(int event, String key, boolean incomplete, long gapUntil) {
    this.event = event;
    this.key = key;
    this.incomplete = incomplete;
    this.gapUntil = gapUntil;
  }

  static int firstSlots() {
    return FIRST_SLOTS;
  }

  long total() {
    return total;
  }

  int used() {
    return used;
  }

  int slots() {
    return ring.length / 2;
  }

  /// How many slots more it wants before the next occurrence; 0 where there is room or it may not grow.
  int wants(int remembered) {
    return used < slots() || slots() >= remembered ? 0 : Math.min(slots(), remembered - slots());
  }

  void grow(int by) {
    long[] larger = new long[ring.length + 2 * by];
    for (int i = 0; i < used; i++) {
      System.arraycopy(ring, 2 * place(i), larger, 2 * i, 2);
    }
    ring = larger;
    head = 0;
  }

  void add(long at, long number) {
    // Loops take the time at slightly different moments; within an entry it never goes back.
    long time = used == 0 ? at : Math.max(at, lastAt());
    if (used == slots()) {
      droppedAt = at(0);
      droppedNumber = number(0);
      head = (head + 1) % slots();
      used--;
    }
    int p = 2 * place(used++);
    ring[p] = time;
    ring[p + 1] = number;
    total++;
  }

  /// The ring, oldest first; before it the newest that it no longer holds, where there were more.
  long[] pairs() {
    int before = overflowed() ? 1 : 0;
    long[] out = new long[2 * (used + before)];
    if (before == 1) {
      out[0] = droppedAt;
      out[1] = droppedNumber;
    }
    for (int i = 0; i < used; i++) {
      out[2 * (i + before)] = at(i);
      out[2 * (i + before) + 1] = number(i);
    }
    return out;
  }

  /// Puts back what [#pairs()] gave.
  void restore(long newTotal, long[] pairs, boolean more) {
    int before = more ? 1 : 0;
    used = pairs.length / 2 - before;
    head = 0;
    total = newTotal;
    if (more) {
      droppedAt = pairs[0];
      droppedNumber = pairs[1];
    }
    ring = Arrays.copyOf(Arrays.copyOfRange(pairs, 2 * before, pairs.length), 2 * Math.max(used, FIRST_SLOTS));
  }

  /// @param i from the oldest that is remembered
  long at(int i) {
    return ring[2 * place(i)];
  }

  long number(int i) {
    return ring[2 * place(i) + 1];
  }

  long lastAt() {
    return at(used - 1);
  }

  long lastNumber() {
    return number(used - 1);
  }

  /// Whether there were more than the ring holds.
  boolean overflowed() {
    return total > used;
  }

  /// When the newest that the ring no longer holds happened.
  long droppedAt() {
    return droppedAt;
  }

  long droppedNumber() {
    return droppedNumber;
  }

  private int place(int i) {
    int p = head + i;
    return p < slots() ? p : p - slots();
  }

  /// How many of what is remembered are younger than `window`.
  int younger(long now, long window) {
    int low = 0;
    int high = used;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Times.age(now, at(middle)) < window) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return used - low;
  }

  /// How many of what is remembered came after the occurrence of that number.
  int after(long number) {
    int low = 0;
    int high = used;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (number(middle) > number) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return used - low;
  }
}
