package io.trivet.cli.coap;

import java.util.concurrent.TimeUnit;

/// Tells whether a notification is newer than all before it, though the network may have reordered them (RFC 7641,
/// section 3.4).
public final class Freshness {
  private static final long HALF = 1L << 23;
  private static final long LONG_AGO_NANOS = TimeUnit.SECONDS.toNanos(128);

  private boolean any;
  private long last;
  private long atNanos;

  /// @param sequence the Observe option's value, of which 24 bits count
  /// @param nowNanos monotonic
  public boolean isNewer(long sequence, long nowNanos) {
    boolean newer = !any || last < sequence && sequence - last < HALF || last > sequence && last - sequence > HALF
        || nowNanos - atNanos > LONG_AGO_NANOS;
    if (newer) {
      any = true;
      last = sequence;
      atNanos = nowNanos;
    }
    return newer;
  }
}
