package io.trivet.smqtt;

import java.time.Duration;

/// A reader's bounds. What is beyond them is refused by name; nothing that is live makes room for what is new.
///
/// @param headersMax live headers; those that are over, or do not open, make room first
/// @param perSenderMax live headers of one sender; its oldest is retired for a newer
/// @param pendingMax headers that wait to be opened
/// @param waitingMax messages that wait for a header
/// @param waitingBytesMax what these have together
/// @param waitFor how long one waits
/// @param skew how far clocks may be apart
public record OpenerOptions(int headersMax, int perSenderMax, int pendingMax, int waitingMax, int waitingBytesMax,
    Duration waitFor, Duration skew) {
  public static final OpenerOptions DEFAULT =
      new OpenerOptions(1024, 16, 64, 256, 1 << 20, Duration.ofSeconds(5), Duration.ofSeconds(60));

  public OpenerOptions {
    if (headersMax < 1 || perSenderMax < 1 || pendingMax < 1 || waitingMax < 0 || waitingBytesMax < 0
        || waitFor.isNegative() || skew.isNegative()) {
      throw new IllegalArgumentException("bounds of a reader: give positive numbers");
    }
  }
}
