package io.trivet.coap.stream;

import java.time.Duration;

/// What one connection bounds.
///
/// @param messageBytesMax the longest message taken, header and all; told to the peer (RFC 8323, section 5.3.1)
/// @param tokenBytesMax the longest token taken, 8 to 65,804; told to the peer where above 8 (RFC 8974, section 2.2.1)
/// @param optionsMax options in one message
/// @param requestsMax requests of the peer that may wait for their response; beyond, nothing more is read until one has it
/// @param ownRequestsMax requests to the peer that may wait for their response; beyond, they fail at once
/// @param outputBytesMax what may wait for the peer's socket, at least [StreamPort#ROOM_AGAIN_BYTES]; beyond,
///     notifications are dropped, and nothing is read whose response would have to wait as well
/// @param settingsDeadline how long the peer may take for its first message
/// @param idle the silence after which a connection that nothing is kept for is released, any other probed by a Ping
/// @param pongDeadline how long the peer may take to answer that Ping
/// @param responseDeadline how long a request to the peer waits for its response
/// @param releaseDeadline how long a connection may last once either end has asked for its end
public record StreamLimits(
    int messageBytesMax,
    int tokenBytesMax,
    int optionsMax,
    int requestsMax,
    int ownRequestsMax,
    int outputBytesMax,
    Duration settingsDeadline,
    Duration idle,
    Duration pongDeadline,
    Duration responseDeadline,
    Duration releaseDeadline) {
  /// [io.trivet.coap.Options] tell places below 16 MiB.
  private static final int MESSAGE_BYTES_MAX = 16 << 20;

  public static final StreamLimits DEFAULT = new StreamLimits(1 << 20, 64, 64, 64, 64, 256 << 10,
      Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(20), Duration.ofSeconds(93),
      Duration.ofSeconds(2));

  public StreamLimits {
    if (messageBytesMax < StreamCodec.BASE_MESSAGE_BYTES || messageBytesMax > MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "messageBytesMax = " + messageBytesMax + ": give a value from 1152 to " + MESSAGE_BYTES_MAX);
    }
    if (tokenBytesMax < StreamCodec.BASE_TOKEN_BYTES || tokenBytesMax > StreamCodec.TOKEN_BYTES_MAX) {
      throw new IllegalArgumentException("tokenBytesMax = " + tokenBytesMax + ": give a value from 8 to 65804");
    }
    if (optionsMax < 8 || requestsMax < 1 || ownRequestsMax < 1 || outputBytesMax < StreamPort.ROOM_AGAIN_BYTES) {
      throw new IllegalArgumentException("a limit below its least value: 8 options, 1 request, 131072 bytes of output");
    }
  }

  public StreamLimits withMessageBytesMax(int bytes) {
    return new StreamLimits(bytes, tokenBytesMax, optionsMax, requestsMax, ownRequestsMax, outputBytesMax,
        settingsDeadline, idle, pongDeadline, responseDeadline, releaseDeadline);
  }

  public StreamLimits withRequestsMax(int requests) {
    return new StreamLimits(messageBytesMax, tokenBytesMax, optionsMax, requests, ownRequestsMax, outputBytesMax,
        settingsDeadline, idle, pongDeadline, responseDeadline, releaseDeadline);
  }

  public StreamLimits withIdle(Duration silence) {
    return new StreamLimits(messageBytesMax, tokenBytesMax, optionsMax, requestsMax, ownRequestsMax, outputBytesMax,
        settingsDeadline, silence, pongDeadline, responseDeadline, releaseDeadline);
  }
}
