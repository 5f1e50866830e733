package io.trivet.net.transport;

/// Why a connection was closed before a byte of it was read.
public enum Refusal {
  CONNECTIONS_MAX,
  ADDRESS_CONNECTIONS_MAX,
  ACCEPT_RATE,
  HANDSHAKES_MAX,
  ADDRESS_HANDSHAKES_MAX,
  /// A listener that expects the PROXY protocol was called by somebody who is no load balancer of ours.
  UNTRUSTED_PROXY
}
