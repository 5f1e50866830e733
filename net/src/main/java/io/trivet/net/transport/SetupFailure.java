package io.trivet.net.transport;

/// Why an accepted connection never became ready.
public enum SetupFailure {
  /// The peer had not finished when the handshake timeout ended.
  DEADLINE,
  /// The peer left before it was ready.
  CLOSED,
  PROXY_HEADER,
  /// No version, suite or group in common, or bytes that are no TLS.
  TLS,
  /// The client's certificate is missing, not trusted, expired or revoked.
  TLS_CERTIFICATE,
  PSK_IDENTITY,
  /// The peer does not hold the key of the identity it named.
  PSK_KEY,
  /// An HTTP request that is no upgrade to MQTT over WebSocket.
  WEBSOCKET,
  /// More certificates wait to be checked than we take.
  BUSY,
  /// Our own fault; the log has the trace.
  INTERNAL
}
