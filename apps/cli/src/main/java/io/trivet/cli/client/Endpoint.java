package io.trivet.cli.client;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Where a server listens, such as `mqtts://broker.example:8883` or `wss://[::1]:8443/mqtt`.
///
/// @param host a name or an address, of IPv6 without brackets
/// @param port 1 to 65,535
/// @param path of a WebSocket; elsewhere empty
public record Endpoint(Transport transport, String host, int port, String path) {
  private static final String SCHEMES =
      Arrays.stream(Transport.values()).map(t -> t.scheme() + "://").collect(Collectors.joining(", "));

  public Endpoint {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + ": give one from 1 to 65535");
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host to connect to");
    }
  }

  /// @throws IllegalArgumentException for what is no such URL, saying why
  public static Endpoint parse(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(url + ": " + e.getReason() + " at character " + e.getIndex(), e);
    }
    for (Transport t : Transport.values()) {
      if (t.scheme().equalsIgnoreCase(uri.getScheme())) {
        return of(t, uri, url);
      }
    }
    throw new IllegalArgumentException(url + ": begin with one of " + SCHEMES);
  }

  private static Endpoint of(Transport t, URI uri, String url) {
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw new IllegalArgumentException(url + ": names no host");
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(url + ": give user name and password as options, where no log keeps them");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    if (!t.isWebSocket() && path.length() > 1) {
      throw new IllegalArgumentException(url + ": only a WebSocket has a path");
    }
    String host = uri.getHost();
    boolean v6 = host.startsWith("[") && host.endsWith("]");
    return new Endpoint(t, v6 ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? t.port() : uri.getPort(), !t.isWebSocket() ? "" : path.isEmpty() ? "/mqtt" : path);
  }

  private String bracketed() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /// As a URL.
  @Override
  public String toString() {
    return transport.scheme() + "://" + bracketed() + ":" + port + path;
  }
}
