package io.trivet.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;

/// One question to the server of a data directory.
final class Ask {
  private Ask() {}

  static ObjectNode server(Place place, String command) {
    return server(place, command, Json.object());
  }

  static ObjectNode server(Place place, String command, ObjectNode arguments) {
    try (Admin admin = AdminClient.open(place.data())) {
      return admin.call(command, arguments);
    }
  }
}
