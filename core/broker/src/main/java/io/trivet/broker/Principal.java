package io.trivet.broker;

import java.util.Map;
import java.util.Set;

/// Who is at the other end, as the registry of devices proved it.
///
/// @param device the device's id; for an anonymous peer the empty text
/// @param attributes the device's attributes, such as `ward=7`
/// @param groups the groups that rules may name
/// @param revision grows when the registry changes the device; an older principal is no longer to be trusted
public record Principal(String device, Map<String, String> attributes, Set<String> groups, long revision) {
  /// A peer without a credential; exists only under `--insecure-anonymous`.
  public static final Principal ANONYMOUS = new Principal("", Map.of(), Set.of(), 0);

  /// The server itself, for statistics and wills of nobody.
  public static final Principal SERVER = new Principal("$server", Map.of(), Set.of("$server"), 0);

  public Principal {
    attributes = Map.copyOf(attributes);
    groups = Set.copyOf(groups);
  }

  public boolean isAnonymous() {
    return device.isEmpty();
  }
}
