package io.trivet.cli.coap;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The URI schemes of CoAP that this client speaks, and their ports (RFC 7252, section 6; RFC 8323, section 8).
public enum CoapScheme {
  COAP("coap", 5_683, false, false),
  COAPS("coaps", 5_684, false, true),
  COAP_TCP("coap+tcp", 5_683, true, false),
  COAPS_TCP("coaps+tcp", 5_684, true, true),
  COAP_WS("coap+ws", 80, true, false),
  COAPS_WS("coaps+ws", 443, true, true);

  private final String text;
  private final int port;
  private final boolean stream;
  private final boolean secured;

  CoapScheme(String text, int port, boolean stream, boolean secured) {
    this.text = text;
    this.port = port;
    this.stream = stream;
    this.secured = secured;
  }

  /// As it stands in a URI.
  public String text() {
    return text;
  }

  int port() {
    return port;
  }

  public boolean isStream() {
    return stream;
  }

  public boolean isSecured() {
    return secured;
  }

  static String all() {
    return Arrays.stream(values()).map(s -> s.text + "://").collect(Collectors.joining(", "));
  }
}
