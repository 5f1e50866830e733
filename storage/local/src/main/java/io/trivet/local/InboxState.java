package io.trivet.local;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;

/// What the committer remembers of one session: the numbers of its inbox. Read from the engine when first needed, so that
/// a start takes no longer for a long inbox.
final class InboxState {
  final long session;
  boolean loaded;

  /// Whether a client is connected to it.
  boolean connected;

  /// The number that the next message gets; never falls while the server runs.
  long next;

  /// What stands below is done with.
  long head;

  /// Nothing stands below, not even what is done with.
  long trimmed;

  /// Numbers from the head on that are gone already, so that the head can pass them: acknowledged out of turn.
  final Set<Long> gone = new HashSet<>(0);

  /// Whether the group being formed has moved the head.
  boolean moved;

  long count;

  /// Weight of what waits.
  long bytes;

  /// Whether `count` and `bytes` are upper estimates: some numbers between the first and the last may be gone.
  boolean estimated;

  /// Weight of everything appended since it was last empty.
  long appended;

  /// What the group being formed has added, which the engine does not have yet.
  final ArrayDeque<Added> added = new ArrayDeque<>(0);

  /// Some of the oldest that the engine has, fetched ahead of being dropped.
  final ArrayDeque<Added> oldest = new ArrayDeque<>(0);

  /// A message of the inbox.
  ///
  /// @param position in [Family#MESSAGES], or -1 where it stands in the inbox itself
  record Added(long seq, int weight, long position, long expiresAtMillis, int qos) {}

  /// More of them are found again when they are looked for.
  private static final int GONE_MAX = 65_536;

  InboxState(long session) {
    this.session = session;
  }

  /// Finds the numbers in the first and the last record, whatever lies between.
  void load(Engine engine, StoreListener listener) throws IOException {
    byte[] headKey = Keys.number(session);
    byte[] headValue = engine.get(Family.HEADS, headKey);
    long begins = headValue == null ? 0 : Records.count(Family.HEADS, headKey, headValue);
    next = Math.max(next, begins);
    gone.clear();
    byte[] from = Keys.pair(session, begins);
    byte[] to = Keys.number(session + 1);
    try (Engine.Cursor c = engine.scan(Family.INBOXES, Keys.number(session), from)) {
      trimmed = c.next() ? Keys.numberAt(c.key(), 8) : begins;
    }
    byte[] lastKey = engine.lastKey(Family.INBOXES, from, to);
    loaded = true;
    estimated = false;
    oldest.clear();
    if (lastKey == null) {
      empty();
      return;
    }
    try (Engine.Cursor c = engine.scan(Family.INBOXES, from, to)) {
      byte[] lastValue = engine.get(Family.INBOXES, lastKey);
      if (!c.next() || lastValue == null) {
        throw new IOException("the inbox of session " + session + " changed while it was read");
      }
      head = Keys.numberAt(c.key(), 8);
      long last = Keys.numberAt(lastKey, 8);
      next = Math.max(next, last + 1);
      count = last - head + 1;
      estimated = count > 1;
      try {
        Records.InboxRecord first = Records.inbox(c.key(), c.value());
        appended = Records.inbox(lastKey, lastValue).appended();
        bytes = Math.max(0, appended - first.appended() + first.weight());
      } catch (DamagedRecord e) {
        listener.damaged(String.valueOf(e.getMessage()));
        recount(engine, listener, _ -> false);
      }
    }
  }

  private void empty() {
    head = next;
    count = 0;
    bytes = 0;
    appended = 0;
  }

  /// Counts what is there, where the estimate is too high to go by: what the engine has and what the group being formed
  /// adds, but for what that removes.
  void recount(Engine engine, StoreListener listener, LongPredicate removed) throws IOException {
    count = 0;
    bytes = 0;
    for (Added x : added) {
      if (!removed.test(x.seq())) {
        count++;
        bytes += x.weight();
      }
    }
    try (Engine.Cursor c = engine.scan(Family.INBOXES, Keys.pair(session, head), Keys.number(session + 1))) {
      while (c.next()) {
        if (removed.test(Keys.numberAt(c.key(), 8))) {
          continue;
        }
        count++;
        try {
          bytes += Records.inbox(c.key(), c.value()).weight();
        } catch (DamagedRecord e) {
          listener.damaged(String.valueOf(e.getMessage()));
        }
      }
    }
    estimated = false;
  }

  void add(Added x) {
    if (count == 0) {
      empty();
      gone.clear();
    }
    added.add(x);
    next = x.seq() + 1;
    count++;
    bytes += x.weight();
    appended += x.weight();
  }

  /// @return whether the head has passed it, so that it need not be removed by itself
  boolean drop(Added x) {
    count--;
    bytes -= x.weight();
    if (x.seq() != head) {
      if (gone.size() < GONE_MAX) {
        gone.add(x.seq());
      }
      return false;
    }
    head++;
    while (!gone.isEmpty() && gone.remove(head)) {
      head++;
    }
    return true;
  }

  /// Whether that number is done with.
  boolean isGone(long seq) {
    return seq < head || gone.contains(seq);
  }

  /// What is remembered may be wrong, but for the next number.
  void unload() {
    loaded = false;
    oldest.clear();
    added.clear();
    gone.clear();
    moved = false;
  }
}
