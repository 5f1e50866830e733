package io.trivet.broker;

import org.jspecify.annotations.Nullable;

/// The part of an inbox that is in memory, by ascending numbers, without gaps being known to be gaps. What arrives is
/// nearly in order, so adding looks from the end.
final class Resident {
  private @Nullable Delivery[] ring = new @Nullable Delivery[8];
  private int head;
  private int size;
  private long weight;

  int size() {
    return size;
  }

  /// Of the messages, in bytes.
  long weight() {
    return weight;
  }

  @Nullable Delivery peek() {
    return size == 0 ? null : ring[head];
  }

  /// @return false where its number is here already
  boolean add(Delivery d) {
    int place = size;
    while (place > 0 && at(place - 1).seq > d.seq) {
      place--;
    }
    if (place > 0 && at(place - 1).seq == d.seq) {
      return false;
    }
    if (size == ring.length) {
      grow();
    }
    for (int i = size; i > place; i--) {
      ring[index(i)] = ring[index(i - 1)];
    }
    ring[index(place)] = d;
    size++;
    weight += d.message.weight();
    return true;
  }

  Delivery poll() {
    Delivery d = at(0);
    ring[head] = null;
    head = index(1);
    size--;
    weight -= d.message.weight();
    return d;
  }

  Delivery at(int place) {
    Delivery d = ring[index(place)];
    if (place >= size || d == null) {
      throw new AssertionError("place " + place + " of " + size);
    }
    return d;
  }

  void clear() {
    ring = new @Nullable Delivery[8];
    head = 0;
    size = 0;
    weight = 0;
  }

  private int index(int place) {
    return head + place & ring.length - 1;
  }

  private void grow() {
    @Nullable Delivery[] bigger = new @Nullable Delivery[ring.length * 2];
    for (int i = 0; i < size; i++) {
      bigger[i] = ring[index(i)];
    }
    ring = bigger;
    head = 0;
  }
}
