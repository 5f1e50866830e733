package io.trivet.net.transport;

/// How many connections come in, and how fast. An address stands for a /32 of IPv4 or a /64 of IPv6.
///
/// @param connectionsMax connections in all, at least 1
/// @param addressConnectionsMax connections from one address, at least 1
/// @param acceptsPerSecond sustained rate of new connections from one address, 1 to 1,000,000
/// @param acceptBurst how many may come at once before the rate counts, at least 1
/// @param handshakesMax connections that have not finished TLS, WebSocket or the PROXY header, at least 1; one address
///     may hold a quarter of them, so that it cannot keep all others out by being slow
/// @param addressesKept addresses without a connection whose rate is remembered; the longest unseen is forgotten
public record AdmissionLimits(
    int connectionsMax,
    int addressConnectionsMax,
    int acceptsPerSecond,
    int acceptBurst,
    int handshakesMax,
    int addressesKept) {
  public static final AdmissionLimits DEFAULT = new AdmissionLimits(100_000, 1_000, 100, 1_000, 2_000, 65_536);

  static final int HANDSHAKE_SHARES = 4;

  private static final int MAX = 100_000_000;

  public AdmissionLimits {
    within("connections-max", connectionsMax, MAX);
    within("address-connections-max", addressConnectionsMax, MAX);
    within("accepts-per-second", acceptsPerSecond, 1_000_000);
    within("accept-burst", acceptBurst, 1_000_000);
    within("handshakes-max", handshakesMax, MAX);
    within("addresses-kept", addressesKept, MAX);
  }

  private static void within(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + " = " + value + ": give a value from 1 to " + max);
    }
  }
}
