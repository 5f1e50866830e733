package io.trivet.broker;

import java.time.Duration;

/// Everything the broker room bounds. What each costs and does when hit stands in the options reference.
///
/// @param topic length and depth of topic names and filters
/// @param sessionsMax sessions in all, connected or kept
/// @param subscriptionsPerSessionMax filters a session may hold
/// @param inflightMax QoS 1 and 2 messages unacknowledged in each direction on one session, 1 to 65,535
/// @param queueMessagesMax messages waiting for one session beyond those in flight
/// @param queueBytesMax their weight in bytes
/// @param queueBytesTotalMax the weight of what waits in memory for all sessions together
/// @param storedMessagesMax messages that wait in the store for all sessions together
/// @param storedBytesMax their weight
/// @param outputBytesMax bytes encoded for one connection but not yet taken by its socket; QoS 0 beyond is dropped
/// @param outputBytesTotalMax the same for all connections together; beyond, those that are behind get nothing more
/// @param retainedMax retained messages in all
/// @param retainedBytesMax their weight in bytes
/// @param sessionExpiryMax the longest session expiry granted; longer requests are cut to it
/// @param whenFull what to do with one message more than a session's queue holds
public record Limits(
    TopicLimits topic,
    int sessionsMax,
    int subscriptionsPerSessionMax,
    int inflightMax,
    int queueMessagesMax,
    long queueBytesMax,
    long queueBytesTotalMax,
    long storedMessagesMax,
    long storedBytesMax,
    int outputBytesMax,
    long outputBytesTotalMax,
    int retainedMax,
    long retainedBytesMax,
    Duration sessionExpiryMax,
    WhenFull whenFull) {

  public enum WhenFull {
    DROP_OLDEST,
    DROP_NEWEST,
    /// The publisher is told that the message was not taken; applies to sessions that outlive their connection.
    REFUSE
  }

  public static final Limits DEFAULT =
      new Limits(
          TopicLimits.DEFAULT,
          100_000,
          1_000,
          1_000,
          10_000,
          16L << 20,
          256L << 20,
          100_000_000,
          64L << 30,
          4 << 20,
          256L << 20,
          100_000,
          256L << 20,
          Duration.ofDays(7),
          WhenFull.DROP_OLDEST);
}
