package io.trivet.local;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Remembers what was appended last, so that an acknowledgement that comes soon needs no read: a direct-mapped table, where
/// a newer entry takes an older one's place.
final class RecentEntries {
  private static final int SLOTS = 1 << 16;

  private final long[] sessions = new long[SLOTS];
  private final InboxState.@Nullable Added[] entries = new InboxState.@Nullable Added[SLOTS];

  void put(long session, InboxState.Added entry) {
    int slot = slot(session, entry.seq());
    sessions[slot] = session;
    entries[slot] = entry;
  }

  /// Takes the entry out; null where it is not remembered.
  InboxState.@Nullable Added take(long session, long seq) {
    int slot = slot(session, seq);
    InboxState.Added e = entries[slot];
    if (e == null || sessions[slot] != session || e.seq() != seq) {
      return null;
    }
    entries[slot] = null;
    return e;
  }

  void clear() {
    Arrays.fill(entries, null);
  }

  private static int slot(long session, long seq) {
    long h = (session * 0x9E3779B97F4A7C15L + seq) * 0xD6E8FEB86659FD93L;
    return (int) (h >>> 48) & SLOTS - 1;
  }
}
