package io.trivet.net.coap;

import io.trivet.coap.stream.Framing;
import java.net.URI;
import java.util.Locale;

/// The URI schemes of CoAP over streams, and their ports (RFC 8323, section 8).
public enum StreamScheme {
  COAP_TCP("coap+tcp", 5_683, false, Framing.LENGTH),
  COAPS_TCP("coaps+tcp", 5_684, true, Framing.LENGTH),
  COAP_WS("coap+ws", 80, false, Framing.WEB_SOCKET),
  COAPS_WS("coaps+ws", 443, true, Framing.WEB_SOCKET);

  private final String title;
  private final int defaultPort;
  private final boolean secured;
  private final Framing framing;

  StreamScheme(String title, int defaultPort, boolean secured, Framing framing) {
    this.title = title;
    this.defaultPort = defaultPort;
    this.secured = secured;
    this.framing = framing;
  }

  /// @throws IllegalArgumentException where the scheme is another, or no host stands there
  public static StreamScheme of(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    for (StreamScheme s : values()) {
      if (s.title.equals(scheme)) {
        if (uri.getHost() == null) {
          throw new IllegalArgumentException(uri + ": a host is missing");
        }
        return s;
      }
    }
    throw new IllegalArgumentException(
        uri + ": give a URI of coap+tcp, coaps+tcp, coap+ws or coaps+ws");
  }

  /// As it stands in a URI.
  public String title() {
    return title;
  }

  public int port(URI uri) {
    return uri.getPort() < 0 ? defaultPort : uri.getPort();
  }

  public boolean isSecured() {
    return secured;
  }

  Framing framing() {
    return framing;
  }
}
