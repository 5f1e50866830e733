package io.trivet.cli.client;

/// What carries MQTT, by the scheme of its URL.
public enum Transport {
  TCP("mqtt", 1883),
  TLS("mqtts", 8883),
  PSK("mqtts+psk", 8884),
  WEBSOCKET("ws", 8080),
  SECURE_WEBSOCKET("wss", 8443);

  private final String scheme;
  private final int port;

  Transport(String scheme, int port) {
    this.scheme = scheme;
    this.port = port;
  }

  public String scheme() {
    return scheme;
  }

  /// The port where the URL names none.
  public int port() {
    return port;
  }

  public boolean isWebSocket() {
    return this == WEBSOCKET || this == SECURE_WEBSOCKET;
  }
}
