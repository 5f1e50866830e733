package io.trivet.cli.coap;

import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Where a resource is, taken apart as RFC 7252, section 6.4, has it.
///
/// @param host a name or an address, of IPv6 without brackets
/// @param port 1 to 65,535
/// @param path the segments, decoded; none for the root
/// @param query the arguments, decoded
public record CoapUri(CoapScheme scheme, String host, int port, List<String> path, List<String> query) {
  private static final int OPTION_BYTES_MAX = 255;

  public CoapUri {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + ": give one from 1 to 65535");
    }
    path = List.copyOf(path);
    query = List.copyOf(query);
    for (List<String> parts : List.of(path, query)) {
      for (String part : parts) {
        if (part.getBytes(StandardCharsets.UTF_8).length > OPTION_BYTES_MAX) {
          throw new IllegalArgumentException("a part of path or query has more than " + OPTION_BYTES_MAX
              + " bytes, which no option can hold: " + part);
        }
      }
    }
  }

  /// @throws IllegalArgumentException for what is no such URI, saying why
  public static CoapUri parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(text + ": " + e.getReason() + " at character " + e.getIndex(), e);
    }
    CoapScheme scheme = Arrays.stream(CoapScheme.values()).filter(s -> s.text().equalsIgnoreCase(uri.getScheme()))
        .findFirst().orElseThrow(() -> new IllegalArgumentException(text + ": begin with one of " + CoapScheme.all()));
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw new IllegalArgumentException(text + ": names no host");
    }
    if (uri.getUserInfo() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException(text + ": a CoAP URI has neither user information nor a fragment");
    }
    String host = uri.getHost();
    boolean v6 = host.startsWith("[") && host.endsWith("]");
    return new CoapUri(scheme, v6 ? host.substring(1, host.length() - 1) : host,
        uri.getPort() < 0 ? scheme.port() : uri.getPort(), segments(uri.getRawPath()), split(uri.getRawQuery(), "&"));
  }

  private static List<String> segments(String raw) {
    return raw == null || raw.isEmpty() || raw.equals("/") ? List.of() : split(raw.substring(1), "/");
  }

  private static List<String> split(String raw, String by) {
    return raw == null ? List.of() : Arrays.stream(raw.split(by, -1)).map(CoapUri::decoded).toList();
  }

  private static String decoded(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// Names are sent along, so that one server can be several; addresses say nothing that the packet does not.
  public void into(Options.Builder options) {
    if (!isAddress()) {
      options.add(OptionNumber.URI_HOST, host.toLowerCase(java.util.Locale.ROOT));
    }
    path.forEach(p -> options.add(OptionNumber.URI_PATH, p));
    query.forEach(q -> options.add(OptionNumber.URI_QUERY, q));
  }

  private boolean isAddress() {
    return host.contains(":") || host.matches("\\d+(\\.\\d+){3}");
  }

  /// Scheme, host and port.
  public String server() {
    return scheme.text() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
