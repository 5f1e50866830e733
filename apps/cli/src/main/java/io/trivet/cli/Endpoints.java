package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminException;
import io.trivet.server.admin.Json;
import io.trivet.server.config.Config;
import java.util.List;
import java.util.Optional;

/// Where clients on this machine reach the server: where it listens while it runs, otherwise where its configuration
/// says it will.
record Endpoints(
    Optional<Endpoint> mqtts, Optional<Endpoint> wss, Optional<Endpoint> psk, Optional<Endpoint> coaps, Optional<Endpoint> coap) {
  record Endpoint(String host, int port) {}

  static Endpoints of(Admin admin, Place place) {
    JsonNode listeners = listeners(admin);
    if (listeners.isArray()) {
      return new Endpoints(running(listeners, "mqtts"), running(listeners, "wss"), running(listeners, "psk"),
          running(listeners, "coaps"), running(listeners, "coap"));
    }
    Config config = place.read();
    return new Endpoints(
        first(config.texts(io.trivet.server.config.Option.LISTEN_MQTTS)),
        first(config.texts(io.trivet.server.config.Option.LISTEN_WSS)),
        first(config.texts(io.trivet.server.config.Option.LISTEN_PSK)),
        first(config.texts(io.trivet.server.config.Option.LISTEN_COAPS)),
        first(config.texts(io.trivet.server.config.Option.INSECURE_COAP)));
  }

  private static JsonNode listeners(Admin admin) {
    try {
      return admin.call("status", Json.object()).path("listeners");
    } catch (AdminException e) {
      return Json.object().path("listeners"); // no server runs
    }
  }

  private static Optional<Endpoint> running(JsonNode listeners, String kind) {
    for (JsonNode l : listeners) {
      if (l.path("kind").asText().equals(kind)) {
        return Optional.of(new Endpoint(l.path("host").asText(), l.path("port").asInt()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Endpoint> first(List<String> addresses) {
    return addresses.isEmpty() ? Optional.empty() : parse(addresses.getFirst());
  }

  /// Every address of this machine is reached as `localhost`, for which the server's certificate stands too.
  static Optional<Endpoint> parse(String address) {
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? "*" : address.substring(0, colon);
    String port = address.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty() || host.equals("*") || host.equals("0.0.0.0") || host.equals("::")) {
      host = "localhost";
    }
    if (!port.matches("\\d{1,5}") || port.equals("0")) {
      return Optional.empty();
    }
    return Optional.of(new Endpoint(host, Integer.parseInt(port)));
  }
}
