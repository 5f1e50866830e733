package io.trivet.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The QoS 1 and 2 messages sent to one session and not yet acknowledged, by packet id (MQTT 5.0, section 4.3, 4.9).
///
/// A table of a power of two in which packet id p stands at p modulo its size; no two ids in flight share a place, and no
/// id is reused while in flight (MQTT-2.2.1-3). A session that ends with its connection gives ids out in turn and passes
/// over one whose place is taken. A durable one derives them from the numbers in its inbox.
final class SendWindow {
  private @Nullable Delivery[] table = new @Nullable Delivery[8];
  private long[] order = new long[8];
  private int size;
  private int lastId;
  private long sent;

  int size() {
    return size;
  }

  /// The packet id of a message with that number in an inbox: the same after a restart, so that it need not be stored.
  static int packetId(long seq) {
    return (int) (seq % 65_535) + 1;
  }

  /// Gives the delivery the next free packet id and keeps it.
  ///
  /// @param capacity how many may be in flight, 1 to 65,535; the caller has checked that there is room
  void add(Delivery d, int capacity) {
    if (size >= capacity) {
      throw new AssertionError("no room: " + size + " of " + capacity);
    }
    if (size * 2 >= table.length && table.length < 65_536) {
      grow();
    }
    int id = lastId;
    do {
      id = id == 65_535 ? 1 : id + 1;
    } while (table[id & table.length - 1] != null);
    lastId = id;
    put(d, id);
  }

  /// Keeps the delivery under a packet id that the caller has found to be free.
  void addAs(Delivery d, int id) {
    if (get(id) != null) {
      throw new AssertionError("packet id " + id + " is in flight");
    }
    while (table[id & table.length - 1] != null || size * 2 >= table.length && table.length < 65_536) {
      grow();
    }
    put(d, id);
  }

  private void put(Delivery d, int id) {
    d.packetId = id;
    int at = id & table.length - 1;
    table[at] = d;
    order[at] = sent++;
    size++;
  }

  private void grow() {
    @Nullable Delivery[] bigger = new @Nullable Delivery[table.length * 2];
    long[] biggerOrder = new long[bigger.length];
    for (int i = 0; i < table.length; i++) {
      Delivery d = table[i];
      if (d != null) {
        bigger[d.packetId & bigger.length - 1] = d;
        biggerOrder[d.packetId & bigger.length - 1] = order[i];
      }
    }
    table = bigger;
    order = biggerOrder;
  }

  @Nullable Delivery get(int packetId) {
    Delivery d = table[packetId & table.length - 1];
    return d != null && d.packetId == packetId ? d : null;
  }

  void remove(Delivery d) {
    int at = d.packetId & table.length - 1;
    if (table[at] != d) {
      throw new AssertionError("packet id " + d.packetId + " is not in flight");
    }
    table[at] = null;
    size--;
  }

  /// The lowest number in the inbox of what is in flight, or -1.
  long oldest() {
    long oldest = Long.MAX_VALUE;
    for (Delivery d : table) {
      if (d != null) {
        oldest = Math.min(oldest, d.seq);
      }
    }
    return oldest == Long.MAX_VALUE ? -1 : oldest;
  }

  /// All in flight in the order they were first sent.
  List<Delivery> inOrder() {
    List<Integer> places = new ArrayList<>(size);
    for (int i = 0; i < table.length; i++) {
      if (table[i] != null) {
        places.add(i);
      }
    }
    places.sort(Comparator.comparingLong(i -> order[i]));
    List<Delivery> deliveries = new ArrayList<>(size);
    for (int i : places) {
      Delivery d = table[i];
      if (d != null) {
        deliveries.add(d);
      }
    }
    return deliveries;
  }
}
