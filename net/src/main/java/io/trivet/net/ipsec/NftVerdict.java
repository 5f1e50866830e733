package io.trivet.net.ipsec;

/// Whether a ruleset keeps what IPsec did not protect from a port.
sealed interface NftVerdict {
  /// @param chain that drops it: `inet trivet_ipsec udp_5683`
  record Guarded(String chain) implements NftVerdict {}

  /// @param why for the operator
  record Open(String why) implements NftVerdict {}
}
