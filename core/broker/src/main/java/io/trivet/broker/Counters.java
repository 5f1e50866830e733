package io.trivet.broker;

/// One loop's counts: written by the loop alone, read by anybody, possibly a moment old.
@SuppressWarnings("EnumOrdinal") // an array is what the per-message path can afford
public final class Counters {
  private final long[] values = new long[Counter.count()];

  public void add(Counter counter, long n) {
    values[counter.ordinal()] += n;
  }

  public void increment(Counter counter) {
    values[counter.ordinal()]++;
  }

  public long get(Counter counter) {
    return values[counter.ordinal()];
  }
}
