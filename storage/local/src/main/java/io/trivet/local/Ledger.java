package io.trivet.local;

import io.trivet.broker.InboxEntry;
import io.trivet.broker.Limits;
import io.trivet.broker.Message;
import io.trivet.broker.QoS;
import io.trivet.broker.StoreOp;
import io.trivet.broker.TopicName;
import io.trivet.local.InboxState.Added;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns what the broker wants kept into changes of records, group by group. Owned by the committer.
///
/// Reading the engine shows the groups before; what the group being formed adds and removes is remembered beside it. After
/// a failure everything remembered is thrown away and read again, but for the numbers of inboxes, which never fall while
/// the server runs: sessions know messages by them.
final class Ledger {
  private static final int REFERENCES_KEPT = 1 << 16;
  private static final int CLEARED_KEPT = 1 << 16;
  private static final int OLDEST_FETCHED = 64;
  private static final int TRIMMED_AT_ONCE = 4_096;
  private static final int TRIMMED_SINGLY = 64;

  private final Engine engine;
  private final StoreListener listener;
  private final Records records = new Records();
  private final Map<Long, InboxState> live = new HashMap<>();
  private final RecentEntries recent = new RecentEntries();
  private final Deque<Long> doomed = new ArrayDeque<>();
  private long doomedFrom;

  /// How many inboxes hold a shared message, of those touched last.
  private final Map<Long, Long> references = bounded(REFERENCES_KEPT);

  private final Map<TopicName, Long> retainedNumbers = new HashMap<>();

  /// Of topics cleared last, so that a change that comes late does not undo it.
  private final Map<TopicName, Long> clearedNumbers = bounded(CLEARED_KEPT);

  private volatile Limits limits = Limits.DEFAULT;
  private volatile Records.Group last = Records.Group.NONE;
  private long position;
  private long session;
  private long messages;
  private long bytes;

  // Of the message being appended, which several inboxes have taken so far.
  private long taken;
  private long takenBytes;

  private long expired;

  // Where the next part of a sweep begins.
  private byte[] sweepFrom = Keys.FIRST;

  // Of the group being formed.
  private Changes changes = new Changes();
  private Changes undo = new Changes();
  private long undoMessages;
  private long undoBytes;
  private final Map<Long, Long> countsChanged = new HashMap<>();
  private final Set<Entry> removed = new HashSet<>();
  private final Set<Entry> released = new HashSet<>();
  private final List<InboxState> touched = new ArrayList<>();
  private final List<InboxState> moved = new ArrayList<>();

  /// Inboxes that hold what is done with.
  private final Set<InboxState> untrimmed = new LinkedHashSet<>();

  private record Entry(long session, long seq) {}

  Ledger(Engine engine, StoreListener listener) {
    this.engine = engine;
    this.listener = listener;
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  void limits(Limits newLimits) {
    limits = newLimits;
  }

  // --- what recovery found ------------------------------------------------------------------------------------------

  void knownGroup(Records.Group g) {
    last = g;
    position = g.position();
    session = Math.max(session, g.session());
    messages = g.messages();
    bytes = g.bytes();
  }

  void knownSession(StoreOp.PutSession s) {
    InboxState state = live.computeIfAbsent(s.session(), InboxState::new);
    state.connected = s.restingSinceMillis() == StoreOp.CONNECTED;
    session = Math.max(session, s.session());
  }

  void knownDoomed(long number) {
    doomed.add(number);
  }

  void knownRetained(TopicName topic, long number) {
    retainedNumbers.put(topic, number);
  }

  // --- groups -------------------------------------------------------------------------------------------------------

  void begin() {
    changes = new Changes();
    undo = new Changes();
    forgetGroup();
  }

  private void forgetGroup() {
    undoMessages = 0;
    undoBytes = 0;
    countsChanged.clear();
    removed.clear();
    released.clear();
    touched.forEach(s -> s.added.clear());
    touched.clear();
    moved.forEach(s -> s.moved = false);
    moved.clear();
  }

  long changedBytes() {
    return changes.bytes();
  }

  /// The group as it is to be written; empty where nothing changes.
  Changes end() {
    for (InboxState s : moved) {
      byte[] key = Keys.number(s.session);
      changes.put(Family.HEADS, key, records.count(key, s.head));
    }
    if (changes.isEmpty()) {
      return changes;
    }
    countsChanged.forEach((at, left) -> {
      byte[] key = Keys.number(at);
      changes.put(Family.REFERENCES, key, records.count(key, left));
    });
    changes.put(Family.META, Keys.GROUP, records.group(current()));
    return changes;
  }

  private Records.Group current() {
    return new Records.Group(last.number() + 1, position, session, messages, bytes);
  }

  /// What takes back the appends, packet ids, subscriptions and retained messages of the group, should it turn out to be on disk after all.
  Changes undo() {
    return undo;
  }

  /// How many messages that are.
  long undoMessages() {
    return undoMessages;
  }

  /// Their weight.
  long undoBytes() {
    return undoBytes;
  }

  long number() {
    return last.number() + 1;
  }

  /// The group is written.
  void kept() {
    if (!changes.isEmpty()) {
      last = current();
    }
    forgetGroup();
  }

  /// After a failure: the engine is what counts.
  ///
  /// @param found the last group there
  void reload(Records.Group found) throws IOException {
    forgetGroup();
    changes = new Changes();
    live.values().forEach(InboxState::unload);
    untrimmed.clear();
    recent.clear();
    references.clear();
    sweepFrom = Keys.FIRST;
    doomedFrom = 0;
    doomed.clear();
    try (Engine.Cursor c = engine.scan(Family.DOOMED, Keys.FIRST, Keys.AFTER_NUMBERS)) {
      while (c.next()) {
        doomed.add(Keys.numberAt(c.key(), 0));
      }
    }
    knownGroup(found);
  }

  /// Takes back a group of which its peers were told that it failed.
  Changes takeBack(Changes undone, long undoneMessages, long undoneBytes) {
    Records.Group now = new Records.Group(last.number() + 1, last.position(), session,
        last.messages() - undoneMessages, last.bytes() - undoneBytes);
    undone.put(Family.META, Keys.GROUP, records.group(now));
    knownGroup(now);
    return undone;
  }

  /// A group that changes nothing, for the sake of its sync.
  Changes confirm() {
    Changes c = new Changes();
    c.put(Family.META, Keys.GROUP, records.group(last));
    return c;
  }

  Records.Group last() {
    return last;
  }

  void apply(StoreOp op) throws IOException {
    switch (op) {
      case StoreOp.PutSession s -> {
        if (!live.containsKey(s.session()) && s.session() <= session && doomed.contains(s.session())) {
          return; // comes late: a number is never used twice
        }
        knownSession(s);
        byte[] key = Keys.number(s.session());
        changes.put(Family.SESSIONS, key, records.session(key, s));
      }
      case StoreOp.RemoveSession s -> removeSession(s.session());
      case StoreOp.PutSubscription s -> {
        if (live.containsKey(s.session())) {
          byte[] key = Keys.text(s.session(), s.filter().toString());
          undoTo(Family.SUBSCRIPTIONS, key);
          changes.put(Family.SUBSCRIPTIONS, key, records.subscription(key, s));
        }
      }
      case StoreOp.RemoveSubscription s ->
          changes.delete(Family.SUBSCRIPTIONS, Keys.text(s.session(), s.filter().toString()));
      case StoreOp.Append a -> append(a);
      case StoreOp.Remove r -> remove(r.session(), r.seq());
      case StoreOp.Release r -> release(r.session(), r.seq());
      case StoreOp.PutReceived r -> {
        if (live.containsKey(r.session()) && !(r.append().isPresent() && r.append().get().isRefused())) {
          byte[] key = Keys.packetId(r.session(), r.packetId());
          changes.put(Family.RECEIVED, key, records.mark(key));
          undo.delete(Family.RECEIVED, key);
        }
      }
      case StoreOp.RemoveReceived r -> changes.delete(Family.RECEIVED, Keys.packetId(r.session(), r.packetId()));
      case StoreOp.PutRetained r -> retain(r);
      case StoreOp.PutWill w -> {
        if (live.containsKey(w.session())) {
          byte[] key = Keys.number(w.session());
          changes.put(Family.WILLS, key, records.will(key, w));
        }
      }
      case StoreOp.RemoveWill w -> changes.delete(Family.WILLS, Keys.number(w.session()));
    }
  }

  /// Its inbox is emptied later, piece by piece: it may be long.
  private void removeSession(long number) {
    live.remove(number);
    byte[] key = Keys.number(number);
    changes.delete(Family.SESSIONS, key);
    changes.delete(Family.WILLS, key);
    changes.put(Family.DOOMED, key, records.mark(key));
    doomed.add(number);
  }

  /// What the record was before the group.
  private void undoTo(Family family, byte[] key) throws IOException {
    byte[] before = engine.get(family, key);
    if (before == null) {
      undo.delete(family, key);
    } else {
      undo.put(family, key, before);
    }
  }

  private void retain(StoreOp.PutRetained r) throws IOException {
    TopicName topic = r.message().topic();
    Long known = retainedNumbers.containsKey(topic) ? retainedNumbers.get(topic) : clearedNumbers.get(topic);
    if (r.append().isPresent() && r.append().get().isRefused() || known != null && r.number() < known) {
      return;
    }
    byte[] key = Keys.text(topic.utf8());
    undoTo(Family.RETAINED, key);
    if (r.message().payload().isEmpty()) {
      changes.delete(Family.RETAINED, key);
      retainedNumbers.remove(topic);
      clearedNumbers.put(topic, r.number());
    } else {
      changes.put(Family.RETAINED, key, records.retained(key, r.message(), r.number()));
      retainedNumbers.put(topic, r.number());
      clearedNumbers.remove(topic);
    }
  }

  // --- inboxes ------------------------------------------------------------------------------------------------------

  /// Whether there is such a session, and it has not ended.
  boolean knows(long number) {
    return live.containsKey(number);
  }

  /// The number of the last message that was appended to a session's inbox, or -1.
  long lastSeq(long number) throws IOException {
    InboxState s = live.get(number);
    return s == null ? -1 : loaded(s).next - 1;
  }

  /// Where a session's inbox begins.
  long head(long number) throws IOException {
    InboxState s = live.get(number);
    return s == null ? 0 : loaded(s).head;
  }

  private InboxState loaded(InboxState s) throws IOException {
    if (!s.loaded) {
      s.load(engine, listener);
      if (s.trimmed < s.head) {
        untrimmed.add(s);
      }
    }
    return s;
  }

  private void append(StoreOp.Append a) throws IOException {
    Message m = a.message();
    int weight = m.weight();
    List<InboxEntry> wanted = a.inboxes();
    if (limits.whenFull() == Limits.WhenFull.REFUSE) {
      for (InboxEntry e : wanted) {
        InboxState s = live.get(e.session());
        if (s != null && isFull(loaded(s), weight)) {
          a.refuse();
          return;
        }
      }
    }
    @Nullable InboxState[] takers = new @Nullable InboxState[wanted.size()];
    int taking = 0;
    for (int i = 0; i < takers.length; i++) {
      InboxState s = live.get(wanted.get(i).session());
      if (s != null && makeRoom(a, loaded(s), weight)) {
        takers[i] = s;
        taken = ++taking;
        takenBytes = (long) taking * weight;
      }
    }
    taken = 0;
    takenBytes = 0;
    long at = -1;
    if (taking > 1) {
      at = ++position;
      byte[] key = Keys.number(at);
      changes.put(Family.MESSAGES, key, records.shared(key, m, taking));
      undo.delete(Family.MESSAGES, key);
      undo.delete(Family.REFERENCES, key);
      references.put(at, (long) taking);
    }
    for (int i = 0; i < takers.length; i++) {
      InboxState s = takers[i];
      if (s != null) {
        a.seq(i, add(s, wanted.get(i), m, weight, at));
      }
    }
  }

  private long add(InboxState s, InboxEntry e, Message m, int weight, long at) {
    Added x = new Added(s.next, weight, at, m.expiresAtMillis(), e.qos().level());
    if (s.added.isEmpty()) {
      touched.add(s);
    }
    s.add(x);
    messages++;
    bytes += weight;
    undoMessages++;
    undoBytes += weight;
    byte[] key = Keys.pair(s.session, x.seq());
    changes.put(Family.INBOXES, key, records.inbox(key, e, m, s.appended, at));
    undo.delete(Family.INBOXES, key);
    if (m.expiresAtMillis() != Message.NEVER) {
      byte[] due = Keys.triple(m.expiresAtMillis(), s.session, x.seq());
      changes.put(Family.EXPIRIES, due, records.mark(due));
      undo.delete(Family.EXPIRIES, due);
    }
    recent.put(s.session, x);
    return x.seq();
  }

  private boolean isFull(InboxState s, int weight) throws IOException {
    if (s.count < limits.queueMessagesMax() && s.bytes + weight <= limits.queueBytesMax()) {
      return messages + taken >= limits.storedMessagesMax()
          || bytes + takenBytes + weight > limits.storedBytesMax();
    }
    if (s.estimated) {
      s.recount(engine, listener, seq -> isRemoved(s, seq));
      return isFull(s, weight);
    }
    return true;
  }

  private boolean makeRoom(StoreOp.Append a, InboxState s, int weight) throws IOException {
    while (isFull(s, weight)) {
      Added oldest = limits.whenFull() == Limits.WhenFull.DROP_OLDEST ? oldest(s) : null;
      if (oldest == null) {
        return false;
      }
      drop(s, oldest);
      a.dropped(1);
    }
    return true;
  }

  /// The oldest message that may be dropped; never one that its receiver has half acknowledged.
  private @Nullable Added oldest(InboxState s) throws IOException {
    if (s.oldest.isEmpty()) {
      boolean first = true;
      try (Engine.Cursor c = engine.scan(
          Family.INBOXES, Keys.pair(s.session, s.head), Keys.pair(s.session + 1, 0))) {
        while (s.oldest.size() < OLDEST_FETCHED && c.next()) {
          long seq = Keys.numberAt(c.key(), 8);
          if (first) {
            s.head = seq;
            first = false;
          }
          if (!isRemoved(s, seq)) {
            Added x = readable(c.key(), c.value());
            if (x.qos() < 2 || !released.contains(new Entry(s.session, seq))
                && engine.get(Family.RELEASED, c.key()) == null) {
              s.oldest.add(x);
            }
          }
        }
      }
    }
    Added stored = s.oldest.poll();
    if (stored != null) {
      return stored;
    }
    for (Added x : s.added) {
      if (!isRemoved(s, x.seq())) {
        return x;
      }
    }
    return null;
  }

  /// Whether a message of the inbox is done with, by this group or one before it.
  private boolean isRemoved(InboxState s, long seq) {
    return s.isGone(seq) || removed.contains(new Entry(s.session, seq));
  }

  private static Added added(byte[] key, byte[] value) throws DamagedRecord {
    Records.InboxRecord r = Records.inbox(key, value);
    return new Added(Keys.numberAt(key, 8), r.weight(), r.position(), r.expiresAtMillis(), r.entry().qos().level());
  }

  private void remove(long number, long seq) throws IOException {
    InboxState s = live.get(number);
    if (s == null || isRemoved(loaded(s), seq)) {
      return;
    }
    Added x = recent.take(number, seq);
    if (x == null) {
      byte[] key = Keys.pair(number, seq);
      byte[] value = engine.get(Family.INBOXES, key);
      if (value == null) {
        return;
      }
      x = readable(key, value);
    }
    s.oldest.removeIf(o -> o.seq() == seq);
    drop(s, x);
  }

  /// A damaged entry can still be removed; it weighs nothing.
  private Added readable(byte[] key, byte[] value) {
    try {
      return added(key, value);
    } catch (DamagedRecord e) {
      listener.damaged(String.valueOf(e.getMessage()));
      return new Added(Keys.numberAt(key, 8), 0, -1, Message.NEVER, QoS.EXACTLY_ONCE.level());
    }
  }

  private void release(long number, long seq) throws IOException {
    InboxState s = live.get(number);
    Entry e = new Entry(number, seq);
    byte[] key = Keys.pair(number, seq);
    if (s != null && !isRemoved(loaded(s), seq) && engine.get(Family.INBOXES, key) != null) {
      changes.put(Family.RELEASED, key, records.mark(key));
      released.add(e);
      s.oldest.removeIf(x -> x.seq() == seq);
    }
  }

  private void drop(InboxState s, Added x) throws IOException {
    recent.take(s.session, x.seq()); // its session may yet acknowledge what was dropped
    if (!s.added.isEmpty() && x.seq() >= s.added.getFirst().seq()) {
      undoMessages--;
      undoBytes -= x.weight();
    }
    boolean passed = s.drop(x);
    if (passed && !s.moved) {
      s.moved = true;
      moved.add(s);
      untrimmed.add(s);
    }
    byte[] key = Keys.pair(s.session, x.seq());
    if (!passed) {
      removed.add(new Entry(s.session, x.seq()));
      changes.delete(Family.INBOXES, key);
    }
    erase(s.session, x, key);
    if (s.head - s.trimmed >= TRIMMED_AT_ONCE) {
      trim(s);
    }
  }

  /// What goes with an entry of an inbox.
  private void erase(long number, Added x, byte[] key) throws IOException {
    messages--;
    bytes -= x.weight();
    if (x.qos() == 2) {
      changes.delete(Family.RELEASED, key);
    }
    if (x.expiresAtMillis() != Message.NEVER) {
      changes.delete(Family.EXPIRIES, Keys.triple(x.expiresAtMillis(), number, x.seq()));
    }
    if (x.position() >= 0) {
      oneInboxLess(x.position());
    }
  }

  private void oneInboxLess(long at) throws IOException {
    byte[] key = Keys.number(at);
    Long known = countsChanged.containsKey(at) ? countsChanged.get(at) : references.get(at);
    long left;
    try {
      left = (known == null ? storedReferences(key) : known) - 1;
    } catch (DamagedRecord e) {
      listener.damaged(String.valueOf(e.getMessage()));
      return; // the message stays for good, rather than be lost to an inbox that still holds it
    }
    if (left > 0) {
      references.put(at, left);
      countsChanged.put(at, left);
    } else {
      references.remove(at);
      countsChanged.remove(at);
      changes.delete(Family.MESSAGES, key);
      changes.delete(Family.REFERENCES, key);
    }
  }

  private long storedReferences(byte[] key) throws IOException {
    byte[] left = engine.get(Family.REFERENCES, key);
    if (left != null) {
      return Records.count(Family.REFERENCES, key, left);
    }
    byte[] message = engine.get(Family.MESSAGES, key);
    return message == null ? 1 : Records.shared(key, message).inboxes();
  }

  // --- housekeeping -------------------------------------------------------------------------------------------------

  boolean hasDoomed() {
    return !doomed.isEmpty();
  }

  /// Removes up to `most` records of sessions that have ended. To be called before anything else is changed in the group:
  /// of a session that ends in it, the engine does not show yet what the same group added.
  void purge(int most) throws IOException {
    Long number = doomed.peek();
    if (number == null) {
      return;
    }
    int left = most;
    for (Family f : List.of(Family.SUBSCRIPTIONS, Family.RECEIVED, Family.RELEASED)) {
      left = purge(f, number, left);
    }
    byte[] headKey = Keys.number(number);
    if (doomedFrom == 0) {
      byte[] head = engine.get(Family.HEADS, headKey);
      doomedFrom = head == null ? 0 : Records.count(Family.HEADS, headKey, head);
      if (doomedFrom > 0) {
        changes.deleteRange(Family.INBOXES, headKey, Keys.pair(number, doomedFrom));
      }
    }
    try (Engine.Cursor c = engine.scan(
        Family.INBOXES, Keys.pair(number, doomedFrom), Keys.number(number + 1))) {
      while (left > 0 && c.next()) {
        left--;
        doomedFrom = Keys.numberAt(c.key(), 8) + 1;
        changes.delete(Family.INBOXES, c.key());
        erase(number, readable(c.key(), c.value()), c.key());
      }
    }
    if (left > 0) {
      changes.delete(Family.HEADS, headKey);
      changes.delete(Family.DOOMED, headKey);
      doomed.poll();
      doomedFrom = 0;
    }
  }

  /// Removes what is done with from up to `most` inboxes. It is left until here since that costs a share of what removing
  /// each message by itself would.
  void trim(int most) {
    Iterator<InboxState> some = untrimmed.iterator();
    for (int n = 0; n < most && some.hasNext(); n++) {
      InboxState s = some.next();
      some.remove();
      if (live.get(s.session) == s) {
        trim(s);
      }
    }
  }

  private void trim(InboxState s) {
    if (s.head - s.trimmed > TRIMMED_SINGLY) {
      changes.deleteRange(Family.INBOXES, Keys.pair(s.session, s.trimmed), Keys.pair(s.session, s.head));
    } else {
      for (long seq = s.trimmed; seq < s.head; seq++) {
        changes.delete(Family.INBOXES, Keys.pair(s.session, seq));
      }
    }
    s.trimmed = s.head;
  }

  private int purge(Family family, long number, int most) throws IOException {
    int left = most;
    try (Engine.Cursor c = engine.scan(family, Keys.number(number), Keys.number(number + 1))) {
      while (left > 0 && c.next()) {
        left--;
        changes.delete(family, c.key());
      }
    }
    return left;
  }

  /// Removes up to `most` messages that have expired, of sessions without a connection: a connected one may be sending
  /// them, and drops them itself.
  ///
  /// @return whether there may be more
  boolean sweepExpired(long wallMillis, int most) throws IOException {
    List<byte[]> due = new ArrayList<>();
    try (Engine.Cursor c = engine.scan(Family.EXPIRIES, sweepFrom, Keys.number(wallMillis + 1))) {
      while (due.size() < most && c.next()) {
        due.add(c.key());
      }
    }
    for (byte[] key : due) {
      long number = Keys.numberAt(key, 8);
      long seq = Keys.numberAt(key, 16);
      InboxState s = live.get(number);
      if (s == null || loaded(s).isGone(seq) || engine.get(Family.INBOXES, Keys.pair(number, seq)) == null) {
        changes.delete(Family.EXPIRIES, key);
      } else if (!s.connected && !isRemoved(s, seq) && mayExpire(loaded(s), seq)) {
        remove(number, seq);
        expired++;
      }
    }
    boolean more = due.size() == most;
    sweepFrom = more ? Keys.after(due.getLast()) : Keys.FIRST;
    return more;
  }

  /// One of QoS 2 that may be in flight is left to its session: the receiver may hold its packet id.
  private boolean mayExpire(InboxState s, long seq) throws IOException {
    byte[] key = Keys.pair(s.session, seq);
    byte[] value = engine.get(Family.INBOXES, key);
    return value != null
        && (seq >= s.head + limits.inflightMax() || readable(key, value).qos() < QoS.EXACTLY_ONCE.level());
  }

  long expired() {
    return expired;
  }

  int sessions() {
    return live.size();
  }

  int retained() {
    return retainedNumbers.size();
  }
}
