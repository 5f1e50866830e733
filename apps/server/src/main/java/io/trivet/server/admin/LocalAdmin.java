package io.trivet.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/// Administration by direct call: of the devices, and of whatever else the caller offers.
public final class LocalAdmin implements Admin {
  private final DeviceCommands devices;
  private final Map<String, Function<JsonNode, ObjectNode>> more;
  private final Runnable onClose;

  /// @param more commands beside those on devices, by their names
  public LocalAdmin(DeviceCommands devices, Map<String, Function<JsonNode, ObjectNode>> more, Runnable onClose) {
    this.devices = devices;
    this.more = Map.copyOf(more);
    this.onClose = onClose;
  }

  @Override
  public ObjectNode call(String command, JsonNode arguments) {
    Function<JsonNode, ObjectNode> other = more.get(command);
    try {
      if (other != null) {
        return other.apply(arguments);
      }
      if (!command.startsWith("device.")) {
        throw new AdminException("no server runs on this data directory: start it with 'trivet serve'");
      }
      return devices.call(command, arguments);
    } catch (IllegalArgumentException e) {
      throw new AdminException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new AdminException("could not be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    onClose.run();
  }
}
