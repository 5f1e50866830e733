package io.trivet.cli.authority;

import io.trivet.cli.CommandFailed;
import io.trivet.identity.Device;
import java.util.ArrayList;
import java.util.List;

/// What the registry knows of a device, as attributes of its key: `ward=7` becomes `ward:7`, the group lights
/// `group:lights`, and the device itself is `device:lamp-1`.
final class RegistryScope {
  private RegistryScope() {}

  static String of(Device d) {
    if (d.isBlocked()) {
      throw new CommandFailed("device " + d.id() + " is blocked in the registry: it gets no key");
    }
    List<String> all = new ArrayList<>();
    all.add(quoted("device:" + d.id()));
    d.attributes().forEach((name, value) -> all.add(quoted(name + ":" + value)));
    d.groups().forEach(g -> all.add(quoted("group:" + g)));
    return String.join(", ", all);
  }

  /// The language takes away the quotes that a name does not need.
  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
