package io.trivet.coap.message;

/// What the message layer of one loop bounds.
///
/// @param peersMax peers remembered; beyond, the one that was silent longest is forgotten, unless something is under way
///     with it
/// @param exchangesPerPeer requests of one peer remembered for de-duplication; beyond, its oldest is forgotten
/// @param exchangesMax the same for all peers together
/// @param exchangeBytesMax the bytes of the responses kept with them
/// @param underWayPerPeer requests of one peer that may wait for their response; beyond, they are answered 5.03
/// @param outgoingPerPeer messages that may wait until a peer acknowledges what was sent before; beyond, they are dropped
/// @param optionsMax options in one message
/// @param tokenBytesMax bytes in a token
public record DatagramLimits(
    int peersMax,
    int exchangesPerPeer,
    int exchangesMax,
    long exchangeBytesMax,
    int underWayPerPeer,
    int outgoingPerPeer,
    int optionsMax,
    int tokenBytesMax) {
  public static final DatagramLimits DEFAULT =
      new DatagramLimits(100_000, 64, 200_000, 64L << 20, 64, 64, 64, 64);
}
