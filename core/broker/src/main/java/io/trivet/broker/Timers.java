package io.trivet.broker;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one loop is to do later: a binary heap by due time, stepped by its owner. Setting a timer again moves it.
public final class Timers {
  /// Something due at a time. Belongs to one [Timers] at most.
  public abstract static class Timer {
    private long dueNanos;
    private int place = -1;

    /// @param nowNanos the time the loop was stepped with, at or after the due time
    protected abstract void fire(long nowNanos);

    public boolean isSet() {
      return place >= 0;
    }
  }

  private @Nullable Timer[] heap = new @Nullable Timer[16];
  private int size;

  public int size() {
    return size;
  }

  public void set(Timer t, long dueNanos) {
    if (t.place >= 0) {
      t.dueNanos = dueNanos;
      settle(t);
      return;
    }
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    t.dueNanos = dueNanos;
    t.place = size++;
    heap[t.place] = t;
    settle(t);
  }

  public void cancel(Timer t) {
    int place = t.place;
    if (place < 0) {
      return;
    }
    t.place = -1;
    Timer last = at(--size);
    heap[size] = null;
    if (last != t) {
      last.place = place;
      heap[place] = last;
      settle(last);
    }
  }

  /// Fires what is due, at most once each, also what fired timers set for now.
  public void advance(long nowNanos) {
    while (size > 0 && at(0).dueNanos - nowNanos <= 0) {
      Timer due = at(0);
      cancel(due);
      due.fire(nowNanos);
    }
  }

  /// When the next is due, or `Long.MAX_VALUE` where none is set.
  public long nextDueNanos() {
    return size == 0 ? Long.MAX_VALUE : at(0).dueNanos;
  }

  private Timer at(int place) {
    Timer t = heap[place];
    if (t == null) {
      throw new AssertionError("an empty place in the heap");
    }
    return t;
  }

  private void settle(Timer t) {
    while (t.place > 0 && t.dueNanos - at((t.place - 1) / 2).dueNanos < 0) {
      swap(t, at((t.place - 1) / 2));
    }
    while (true) {
      int child = 2 * t.place + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && at(child + 1).dueNanos - at(child).dueNanos < 0) {
        child++;
      }
      if (at(child).dueNanos - t.dueNanos >= 0) {
        return;
      }
      swap(t, at(child));
    }
  }

  private void swap(Timer a, Timer b) {
    int place = a.place;
    a.place = b.place;
    b.place = place;
    heap[a.place] = a;
    heap[b.place] = b;
  }
}
