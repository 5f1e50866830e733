package io.trivet.broker;

/// Packet ids from 1 to 65,535: those of received QoS 2 messages not yet released (MQTT 5.0, section 4.3.3).
/// Linear probing in a table that grows with what is in it.
final class PacketIdSet {
  private char[] table = new char[8]; // 0 is no packet id, so it marks a free place
  private int size;

  int size() {
    return size;
  }

  boolean contains(int id) {
    return table[place(id)] == id;
  }

  /// @return false where it was there already
  boolean add(int id) {
    int at = place(id);
    if (table[at] == id) {
      return false;
    }
    table[at] = (char) id;
    if (++size * 2 > table.length) {
      char[] before = table;
      table = new char[before.length * 2];
      for (char c : before) {
        if (c != 0) {
          table[place(c)] = c;
        }
      }
    }
    return true;
  }

  /// @return false where it was not there
  boolean remove(int id) {
    int at = place(id);
    if (table[at] != id) {
      return false;
    }
    table[at] = 0;
    size--;
    // Close the gap: whoever stands behind it in the same run may be looked for from before it.
    for (int i = at + 1 & table.length - 1; table[i] != 0; i = i + 1 & table.length - 1) {
      char moved = table[i];
      table[i] = 0;
      table[place(moved)] = moved;
    }
    return true;
  }

  private int place(int id) {
    int at = id * 0x9E3779B1 >>> 7 & table.length - 1;
    while (table[at] != 0 && table[at] != id) {
      at = at + 1 & table.length - 1;
    }
    return at;
  }
}
