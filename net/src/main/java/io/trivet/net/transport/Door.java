package io.trivet.net.transport;

import org.jspecify.annotations.Nullable;

/// What all connections of one listener share.
///
/// @param opener makes what follows the transport
/// @param tls present for listeners with a certificate
/// @param psk present for listeners with pre-shared keys
record Door(
    ListenerSpec spec,
    TransportPorts ports,
    ConnectionOpener opener,
    @Nullable TlsEndpoint tls,
    @Nullable PskEndpoint psk) {
  TlsEndpoint tlsEndpoint() {
    TlsEndpoint t = tls;
    if (t == null) {
      throw new AssertionError(spec.name() + " has no certificate");
    }
    return t;
  }

  PskEndpoint pskEndpoint() {
    PskEndpoint p = psk;
    if (p == null) {
      throw new AssertionError(spec.name() + " has no pre-shared keys");
    }
    return p;
  }
}
