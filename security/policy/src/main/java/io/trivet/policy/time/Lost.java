package io.trivet.policy.time;

import java.util.Arrays;

/// Which entries of a stripe were given up for want of room: a Bloom filter (Bloom, "Space/time trade-offs in hash coding
/// with allowable errors", 1970) of four bits each, and per event the time up to which occurrences were lost.
///
/// A key that was never given up may look as if it had been, never the other way round. Past 6,553 losses, when about one
/// key in eighty would look so, every key that is not in the table counts as lost.
final class Lost {
  static final int FILTER_BYTES = 8_192;
  static final int LOSSES_MAX = 8 * FILTER_BYTES / 10;
  private static final int PROBES = 4;

  private final long seed;
  private final byte[] filter = new byte[FILTER_BYTES];
  private final long[] until;
  private final boolean[] any;
  private long losses;

  Lost(long seed, int events) {
    this.seed = seed;
    this.until = new long[events];
    this.any = new boolean[events];
  }

  long losses() {
    return losses;
  }

  void add(int event, String key, long lastAt) {
    widen(event, lastAt);
    losses++;
    long h = hash(event, key);
    for (int i = 0; i < PROBES; i++, h = Long.rotateRight(h, 16)) {
      int bit = (int) (h & 0xFFFF);
      filter[bit >> 3] |= (byte) (1 << (bit & 7));
    }
  }

  void widen(int event, long lastAt) {
    until[event] = any[event] ? Math.max(until[event], lastAt) : lastAt;
    any[event] = true;
  }

  boolean any(int event) {
    return any[event];
  }

  long until(int event) {
    return until[event];
  }

  boolean mayHold(int event, String key) {
    if (!any[event]) {
      return false;
    }
    if (losses > LOSSES_MAX) {
      return true;
    }
    long h = hash(event, key);
    for (int i = 0; i < PROBES; i++, h = Long.rotateRight(h, 16)) {
      int bit = (int) (h & 0xFFFF);
      if ((filter[bit >> 3] & 1 << (bit & 7)) == 0) {
        return false;
      }
    }
    return true;
  }

  byte[] filter() {
    return Arrays.copyOf(filter, FILTER_BYTES);
  }

  void restore(byte[] newFilter, long newLosses) {
    System.arraycopy(newFilter, 0, filter, 0, newFilter.length);
    losses = newLosses;
  }

  /// Keyed, so that nobody who knows the source alone finds a key that takes another's place. The steps are those of
  /// FNV-1a, the last mix that of MurmurHash3.
  private long hash(int event, String key) {
    long h = seed ^ 0xcbf29ce484222325L;
    h = (h ^ event) * 0x100000001b3L;
    for (int i = 0; i < key.length(); i++) {
      h = (h ^ key.charAt(i)) * 0x100000001b3L;
    }
    h ^= h >>> 33;
    h *= 0xff51afd7ed558ccdL;
    h ^= h >>> 33;
    h *= 0xc4ceb9fe1a85ec53L;
    return h ^ h >>> 33;
  }
}
