package io.trivet.broker;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What waits for a durable session, as its loop knows it: the head in memory, the rest in the store.
///
/// The store numbers what it appends to an inbox; deliveries arrive from the publishers' loops with these numbers, only
/// nearly in order. What is to be sent goes out strictly by number:
/// ```
///        next          resident          seen
///   sent  │  ■ ■ ■ □ ■ ■ ■ │  · · · · ·  │ (not arrived yet)
///                  ▲            ▲
///            on its way here    passed over for want of room: only the store has it
/// ```
/// - What arrives is kept while there is room in memory; beyond that, and while nobody is connected, it is let go and
///   `seen` remembers that it exists.
/// - Where the next number is missing and something was let go from there on, the inbox is read from the store: the
///   store had it before anybody was told of it. A number that is merely on its way is waited for.
/// - A read says up to which number it is complete (`covered`), so what was removed leaves no gap. What arrives after
///   it was read is known by its number and dropped.
///
/// So the memory of a session does not grow with what waits for it, and a session at rest holds nothing but numbers.
final class Inbox {
  /// How much of an inbox is in memory at most, beyond what one read brings.
  private static final int RESIDENT_MESSAGES_MAX = 1_024;
  private static final int RESIDENT_BYTES_MAX = 1 << 20;

  static final int READ_MESSAGES_MAX = 256;
  static final int READ_BYTES_MAX = 512 << 10;

  private final Resident resident = new Resident();
  private long next;
  private long seen = -1;
  private long covered = -1;

  /// Whether the store may hold more than is known here.
  private boolean unread;

  /// All numbers below may have been sent before; those below `sureUpTo` have been.
  private long sentUpTo;

  private long sureUpTo;

  /// Nobody remembers what was sent: the server has started since.
  private boolean recovered;

  private boolean reading;
  private int reads;

  Inbox(boolean recovered) {
    this.recovered = recovered;
    this.unread = recovered;
  }

  /// What is in memory beyond the window, in bytes.
  long weight() {
    return resident.weight();
  }

  int size() {
    return resident.size();
  }

  /// A message has been stored for the session.
  ///
  /// @param online whether anybody is there to take it
  /// @param room whether memory has room for it
  void arrived(Delivery d, boolean online, boolean room) {
    if (d.seq < next) {
      return; // read from the store before
    }
    if (!online) {
      unread = true;
    } else if (!room || resident.size() >= RESIDENT_MESSAGES_MAX
        || resident.weight() + d.message.weight() > RESIDENT_BYTES_MAX && resident.size() > 0) {
      seen = Math.max(seen, d.seq);
    } else {
      resident.add(d);
    }
  }

  /// Whether it is the number to be sent next, and nothing else is here.
  boolean isNext(long seq) {
    return resident.size() == 0 && seq == Math.max(next, covered + 1);
  }

  /// A message went out without being kept here.
  void passed(long seq) {
    next = seq + 1;
  }

  /// What is to be sent next, or null where it is not here.
  @Nullable Delivery peek() {
    Delivery d = resident.peek();
    return d != null && d.seq <= Math.max(next, covered + 1) ? d : null;
  }

  Delivery poll() {
    Delivery d = resident.poll();
    next = d.seq + 1;
    return d;
  }

  /// Whether that number was, or may have been, sent before.
  boolean wasSent(long seq) {
    return seq < sentUpTo;
  }

  /// Whether a message goes on being sent although it has expired: its delivery has begun (MQTT-3.3.2-5). Where nobody
  /// remembers, only QoS 2 does, since its receiver may hold the packet id.
  boolean hasBegun(Delivery d) {
    return d.seq < sureUpTo || d.seq < sentUpTo && d.qos == QoS.EXACTLY_ONCE;
  }

  /// Whether the store has to be asked for what is next.
  boolean wantsRead() {
    return !reading && peek() == null && (unread || seen >= Math.max(next, covered + 1));
  }

  /// Whether it has fallen so far behind that it no longer fits in memory.
  boolean isBehind() {
    return unread || seen >= next || resident.size() * 2 >= RESIDENT_MESSAGES_MAX;
  }

  long readFrom() {
    return Math.max(next, covered + 1);
  }

  /// A read begins.
  ///
  /// @return what [#read] is to be given with its result
  int beginRead() {
    reading = true;
    return ++reads;
  }

  /// @param number of the read; of an earlier connection's, nothing is taken
  /// @return false where the store could not be read, and has to be asked again later
  boolean read(int number, StoreBatch.ReadResult r, int inflightMax) {
    if (number != reads || !reading) {
      return true;
    }
    reading = false;
    if (r.failed()) {
      unread = true;
      return false;
    }
    List<StoredMessage> messages = r.messages();
    if (recovered) {
      recovered = false;
      long mayHaveBeenSent = messages.isEmpty() ? 0 : messages.getFirst().seq() + inflightMax;
      sentUpTo = r.more() ? mayHaveBeenSent : Math.min(mayHaveBeenSent, r.upTo() + 1);
    }
    covered = Math.max(covered, r.upTo());
    unread = r.more();
    for (StoredMessage m : messages) {
      if (m.seq() >= next) {
        resident.add(Delivery.of(m));
      }
    }
    return true;
  }

  /// What the store holds may differ from what was told: read on from the next.
  void suspect() {
    unread = true;
    covered = Math.min(covered, next - 1);
  }

  /// The connection is gone: forgets what is in memory, to begin anew with the oldest that is unacknowledged.
  ///
  /// @param oldest the lowest number in flight, or -1
  void rewind(long oldest) {
    Delivery first = resident.peek();
    next = Math.max(next, first == null ? covered + 1 : Math.min(covered + 1, first.seq)); // what lies between is gone
    sentUpTo = Math.max(sentUpTo, next);
    sureUpTo = Math.max(sureUpTo, next);
    unread |= oldest >= 0 || resident.size() > 0 || seen >= next || reading;
    next = oldest < 0 ? next : Math.min(next, oldest);
    covered = next - 1;
    seen = -1;
    reading = false;
    resident.clear();
  }

  void forEachResident(java.util.function.Consumer<Delivery> visitor) {
    for (int i = 0; i < resident.size(); i++) {
      visitor.accept(resident.at(i));
    }
  }
}
