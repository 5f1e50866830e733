package io.trivet.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads every record of a store and holds them against each other; changes nothing. Needs memory for each session and
/// each shared message. Of a store in use, what changes meanwhile may look wrong.
final class RecordCheck {
  private static final byte[] END = new byte[70_000];
  private static final int FINDINGS_MAX = 10_000;

  static {
    Arrays.fill(END, (byte) 0xFF);
  }

  private final Engine engine;
  private final Progress progress;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<Long> sessions = new HashSet<>();
  private final Set<Long> doomed = new HashSet<>();
  private final Map<Long, Long> heads = new HashMap<>();
  private final Map<Long, Long> held = new HashMap<>();
  private Records.Group state = Records.Group.NONE;
  private long messages;
  private long bytes;
  private long records;

  /// @param key in hexadecimal
  record Finding(Family family, String key, String what) {}

  private interface Look {
    void at(byte[] key, byte[] value) throws IOException;
  }

  private RecordCheck(Engine engine, Progress progress) {
    this.engine = engine;
    this.progress = progress;
  }

  /// @param progress hears of records read, of a total that is not known
  /// @return what is wrong, 10,000 at most; empty where the store is sound
  static List<Finding> run(Engine engine, Progress progress) throws IOException {
    RecordCheck c = new RecordCheck(engine, progress);
    c.all();
    return c.findings;
  }

  private void all() throws IOException {
    each(Family.META, (key, value) -> state = Records.group(value));
    each(Family.SESSIONS, (key, value) -> sessions.add(Records.session(key, value).session()));
    each(Family.DOOMED, (key, value) -> {
      Records.mark(Family.DOOMED, key, value);
      doomed.add(Keys.numberAt(key, 0));
    });
    each(Family.SUBSCRIPTIONS, (key, value) -> of(Family.SUBSCRIPTIONS, key, Records.subscription(key, value).session()));
    each(Family.RECEIVED, (key, value) -> of(Family.RECEIVED, key, Records.received(key, value).session()));
    each(Family.WILLS, (key, value) -> of(Family.WILLS, key, Records.will(key, value).session()));
    each(Family.RETAINED, Records::retained);
    each(Family.HEADS, (key, value) -> {
      heads.put(Keys.numberAt(key, 0), Records.count(Family.HEADS, key, value));
      of(Family.HEADS, key, Keys.numberAt(key, 0));
    });
    each(Family.INBOXES, this::entry);
    each(Family.RELEASED, (key, value) -> {
      Records.mark(Family.RELEASED, key, value);
      entryOf(Family.RELEASED, key, key);
    });
    each(Family.EXPIRIES, (key, value) -> {
      Records.mark(Family.EXPIRIES, key, value);
      entryOf(Family.EXPIRIES, key, Arrays.copyOfRange(key, 8, Math.max(8, key.length)));
    });
    each(Family.MESSAGES, this::shared);
    each(Family.REFERENCES, (key, value) -> {
      Records.count(Family.REFERENCES, key, value);
      if (engine.get(Family.MESSAGES, key) == null) {
        found(Family.REFERENCES, key, "it counts the inboxes of a message that is not there");
      }
    });
    // Where an entry is damaged the totals cannot be right, and that has been said.
    if (findings.isEmpty() && (messages != state.messages() || bytes != state.bytes())) {
      found(Family.META, Keys.GROUP, "it counts " + state.messages() + " messages of weight " + state.bytes()
          + "; inboxes hold " + messages + " of " + bytes);
    }
  }

  private void each(Family family, Look look) throws IOException {
    try (Engine.Cursor c = engine.scan(family, Keys.FIRST, END)) {
      while (c.next()) {
        try {
          look.at(c.key(), c.value());
        } catch (DamagedRecord e) {
          found(family, c.key(), String.valueOf(e.getMessage()));
        }
        if (++records % 10_000 == 0) {
          progress.at(records, Long.MAX_VALUE);
        }
      }
    }
  }

  private void found(Family family, byte[] key, String what) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(new Finding(family, HexFormat.of().formatHex(key), what));
    }
  }

  private void of(Family family, byte[] key, long session) {
    if (!sessions.contains(session) && !doomed.contains(session)) {
      found(family, key, "there is no session " + session);
    }
  }

  private void entry(byte[] key, byte[] value) throws IOException {
    Records.InboxRecord r = Records.inbox(key, value);
    of(Family.INBOXES, key, r.entry().session());
    if (Keys.numberAt(key, 8) < heads.getOrDefault(r.entry().session(), 0L)) {
      return; // done with, and gone before long
    }
    messages++;
    bytes += r.weight();
    if (r.position() >= 0) {
      held.merge(r.position(), 1L, Long::sum);
      if (engine.get(Family.MESSAGES, Keys.number(r.position())) == null) {
        found(Family.INBOXES, key, "its message " + r.position() + " is not there");
      }
    }
  }

  private void entryOf(Family family, byte[] key, byte[] entry) throws IOException {
    if (engine.get(Family.INBOXES, entry) == null && !doomed.contains(Keys.numberAt(entry, 0))) {
      found(family, key, "no inbox holds its message");
    }
  }

  private void shared(byte[] key, byte[] value) throws IOException {
    long atFirst = Records.shared(key, value).inboxes();
    byte[] left = engine.get(Family.REFERENCES, key);
    long counted = left == null ? atFirst : Records.count(Family.REFERENCES, key, left);
    long holds = held.getOrDefault(Keys.numberAt(key, 0), 0L);
    if (counted != holds) {
      found(Family.MESSAGES, key, counted + " inboxes are counted, " + holds + " hold it");
    }
  }
}
