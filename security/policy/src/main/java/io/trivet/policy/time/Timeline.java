package io.trivet.policy.time;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The course of one attribute: what it was when, as far back as it is remembered. Behind `held` (SecKit's during and
/// always) and `state_at` (before).
///
/// A value holds from when it was set to when another is, and no longer than `stale` after it was last set, be it to the
/// same. From then on the attribute is `otherwise`, or nothing is known of it. Of the courses of the past the newest
/// `segmentsMax` stretches are kept; asking about what lies before gives [NotKnown] where something was forgotten.
///
/// One at a time may use it.
public final class Timeline {
  private final long stale;
  private final Optional<Object> otherwise;
  private final long[] from;
  private final long[] confirmed;
  private final @Nullable Object[] values;
  private int head;
  private int used;
  private boolean forgot;

  /// @param segmentsMax 2 to 4,096
  /// @param stale empty where a value stays good for ever
  /// @param otherwise what it is while nothing is known
  public Timeline(int segmentsMax, Optional<Duration> stale, Optional<Object> otherwise) {
    if (segmentsMax < 2 || segmentsMax > 4_096) {
      throw new IllegalArgumentException(segmentsMax + " stretches: give a value from 2 to 4096");
    }
    this.stale = stale.map(Times::nanos).orElse(Long.MAX_VALUE);
    this.otherwise = otherwise;
    this.from = new long[segmentsMax];
    this.confirmed = new long[segmentsMax];
    this.values = new Object[segmentsMax];
  }

  /// @return whether that changed what it is
  public boolean set(Object value, long now) {
    long at = used == 0 ? now : Math.max(now, confirmed[place(used - 1)]);
    if (used > 0) {
      int last = place(used - 1);
      boolean fresh = at - confirmed[last] < stale;
      if (fresh && value.equals(values[last])) {
        confirmed[last] = at;
        return false;
      }
      boolean same = !fresh && otherwise.isPresent() && otherwise.get().equals(value);
      append(value, at, at);
      return !same;
    }
    append(value, at, at);
    return !(otherwise.isPresent() && otherwise.get().equals(value));
  }

  /// Puts back a stretch that [#segment] gave, the oldest first.
  public void restore(Object value, long fromAt, long confirmedAt) {
    append(value, fromAt, confirmedAt);
  }

  private void append(Object value, long fromAt, long confirmedAt) {
    if (used == from.length) {
      head = (head + 1) % from.length;
      used--;
      forgot = true;
    }
    int p = place(used++);
    from[p] = fromAt;
    confirmed[p] = confirmedAt;
    values[p] = value;
  }

  /// What it is now; empty where nothing is known, or nothing fresh.
  public Optional<Object> now(long now) {
    return used == 0 ? otherwise : during(used - 1, now);
  }

  /// What it was `ago`; empty where nothing was known then.
  ///
  /// @throws NotKnown where that was forgotten
  public Optional<Object> at(Duration ago, long now) {
    long time = now - Times.nanos(ago);
    for (int i = used - 1; i >= 0; i--) {
      if (from[place(i)] <= time || i == used - 1 && Times.nanos(ago) == 0) {
        return during(i, time);
      }
    }
    if (forgot) {
      throw new NotKnown("what it was " + ago + " ago was forgotten: more than " + from.length + " changes since");
    }
    return otherwise;
  }

  private Optional<Object> during(int i, long time) {
    int p = place(i);
    Object v = values[p];
    return time - confirmed[p] < stale && v != null ? Optional.of(v) : otherwise;
  }

  /// Whether it was equal to `value` at every moment of the `time` that ends now, its beginning included.
  ///
  /// @throws NotKnown where it was, as far as is known, but nothing is known of a part of that time
  public boolean held(Object value, Duration time, long now) {
    long begin = now - Times.nanos(time);
    boolean gap = false;
    long end = now;
    for (int i = used - 1; i >= 0 && end >= begin; i--) {
      int p = place(i);
      long start = Math.min(from[p], now);
      if (end < start) {
        continue; // replaced in the moment it was set
      }
      boolean stale = end - confirmed[p] >= this.stale;
      if (stale && otherwise.isPresent() && !otherwise.get().equals(value)) {
        return false;
      }
      gap |= stale && otherwise.isEmpty();
      if (!value.equals(values[p]) && (!stale || confirmed[p] + this.stale > begin)) {
        return false;
      }
      end = start - 1;
    }
    if (end >= begin) {
      if (!forgot && otherwise.isPresent()) {
        return otherwise.get().equals(value) && !gap;
      }
      gap = true;
    }
    if (gap) {
      throw new NotKnown("nothing is known of a part of the last " + time);
    }
    return true;
  }

  public int segments() {
    return used;
  }

  /// A stretch, from the oldest that is remembered.
  public record Segment(Object value, long from, long confirmed) {}

  public Segment segment(int i) {
    int p = place(i);
    Object v = values[p];
    if (i < 0 || i >= used || v == null) {
      throw new IndexOutOfBoundsException(i + " of " + used);
    }
    return new Segment(v, from[p], confirmed[p]);
  }

  /// Whether older stretches were forgotten.
  public boolean forgot() {
    return forgot;
  }

  /// Puts back what [#forgot()] said.
  public void restoreForgot(boolean newForgot) {
    forgot |= newForgot;
  }

  private int place(int i) {
    return (head + i) % from.length;
  }
}
