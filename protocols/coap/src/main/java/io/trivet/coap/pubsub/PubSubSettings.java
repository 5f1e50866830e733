package io.trivet.coap.pubsub;

/// How topics are served to CoAP.
///
/// @param insecureWrites whether a peer without any security may publish and clear; without it, it may only read
/// @param observationsMax how many observations one loop keeps
/// @param observationsPerPeer how many of them one peer may hold
/// @param confirmableEvery after so many non-confirmable notifications one is confirmable, so that an observer that is gone is
///     found out (RFC 7641, section 4.5); 1 for each
public record PubSubSettings(
    boolean insecureWrites, int observationsMax, int observationsPerPeer, int confirmableEvery) {
  public static final PubSubSettings DEFAULT = new PubSubSettings(false, 100_000, 100, 32);
}
