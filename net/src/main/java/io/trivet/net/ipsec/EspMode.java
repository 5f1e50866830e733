package io.trivet.net.ipsec;

/// What ESP wraps (RFC 4303, section 3.1).
public enum EspMode {
  /// The datagram between two hosts; what `trivet ipsec init` configures.
  TRANSPORT(0),
  /// A whole IP packet, between gateways or between a host and a gateway.
  TUNNEL(1);

  private final int kernel;

  EspMode(int kernel) {
    this.kernel = kernel;
  }

  /// `XFRM_MODE_` of linux/xfrm.h.
  int kernel() {
    return kernel;
  }

  @Override
  public String toString() {
    return this == TRANSPORT ? "transport" : "tunnel";
  }
}
