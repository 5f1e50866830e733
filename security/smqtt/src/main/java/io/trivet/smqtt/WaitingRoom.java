package io.trivet.smqtt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Messages whose header has not come. Full means full: what has waited longer is nearer to its header.
final class WaitingRoom {
  @SuppressWarnings("ArrayRecordComponent")
  record Guest(String topic, byte[] message, Properties properties, int kid, long untilNanos) {}

  private final OpenerOptions options;
  private final ArrayDeque<Guest> guests = new ArrayDeque<>();
  private int bytes;

  WaitingRoom(OpenerOptions options) {
    this.options = options;
  }

  boolean admit(Guest guest) {
    if (guests.size() >= options.waitingMax() || guest.message.length > options.waitingBytesMax() - bytes) {
      return false;
    }
    guests.add(guest);
    bytes += guest.message.length;
    return true;
  }

  /// Those whose header has come, in the order they came.
  List<Guest> leave(int kid) {
    List<Guest> leaving = new ArrayList<>();
    guests.removeIf(g -> g.kid == kid && leaving.add(g));
    leaving.forEach(g -> bytes -= g.message.length);
    return leaving;
  }

  List<Guest> overdue(long nowNanos) {
    List<Guest> leaving = new ArrayList<>();
    while (!guests.isEmpty() && guests.getFirst().untilNanos - nowNanos <= 0) {
      Guest g = guests.removeFirst();
      bytes -= g.message.length;
      leaving.add(g);
    }
    return leaving;
  }
}
