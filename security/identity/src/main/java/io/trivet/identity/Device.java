package io.trivet.identity;

import io.trivet.broker.Principal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// A device as the registry knows it.
///
/// @param attributes such as `ward=7`; what policies and topic templates speak of
/// @param groups what rules may name
/// @param revision grows with each change of the device
/// @param createdMillis in milliseconds since 1970
public record Device(
    DeviceId id,
    State state,
    ClientIdRule clientIds,
    Map<String, String> attributes,
    Set<String> groups,
    List<Credential> credentials,
    long revision,
    long createdMillis) {

  public enum State {
    ACTIVE,
    BLOCKED
  }

  private static final java.util.regex.Pattern NAME = java.util.regex.Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");
  private static final int VALUE_CHARS_MAX = 256;
  private static final int ATTRIBUTES_MAX = 64;
  private static final int GROUPS_MAX = 64;
  private static final int CREDENTIALS_MAX = 16;

  public Device {
    attributes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    groups = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(groups));
    credentials = List.copyOf(credentials);
    limit("attributes", attributes.size(), ATTRIBUTES_MAX);
    limit("groups", groups.size(), GROUPS_MAX);
    limit("credentials", credentials.size(), CREDENTIALS_MAX);
    attributes.forEach((name, value) -> {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("'" + name + "' is no attribute name: give a letter, then letters, digits, _ . -");
      }
      if (value.length() > VALUE_CHARS_MAX || value.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("attribute " + name + ": give at most " + VALUE_CHARS_MAX
            + " characters, none of them control");
      }
    });
    groups.forEach(g -> {
      if (!NAME.matcher(g).matches()) {
        throw new IllegalArgumentException("'" + g + "' is no group name: give a letter, then letters, digits, _ . -");
      }
    });
  }

  private static void limit(String what, int found, int max) {
    if (found > max) {
      throw new IllegalArgumentException(what + ": " + found + ", at most " + max + " are taken");
    }
  }

  /// A device without rights to show. Its revisions begin with the time, so that one removed and added again never has
  /// a revision that it had before.
  public static Device of(DeviceId id, long nowMillis) {
    return new Device(id, State.ACTIVE, ClientIdRule.SAME, Map.of(), Set.of(), List.of(), nowMillis, nowMillis);
  }

  public boolean isBlocked() {
    return state == State.BLOCKED;
  }

  /// The same with another revision.
  Device revised(long newRevision) {
    return new Device(id, state, clientIds, attributes, groups, credentials, newRevision, createdMillis);
  }

  public Device withState(State s) {
    return new Device(id, s, clientIds, attributes, groups, credentials, revision + 1, createdMillis);
  }

  public Device withClientIds(ClientIdRule rule) {
    return new Device(id, state, rule, attributes, groups, credentials, revision + 1, createdMillis);
  }

  /// @param value empty to drop the attribute
  public Device withAttribute(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    if (value.isEmpty()) {
      changed.remove(name);
    } else {
      changed.put(name, value);
    }
    return new Device(id, state, clientIds, changed, groups, credentials, revision + 1, createdMillis);
  }

  public Device withGroups(Set<String> newGroups) {
    return new Device(id, state, clientIds, attributes, newGroups, credentials, revision + 1, createdMillis);
  }

  public Device with(Credential c) {
    List<Credential> changed = new java.util.ArrayList<>(credentials);
    changed.add(c);
    return new Device(id, state, clientIds, attributes, groups, changed, revision + 1, createdMillis);
  }

  public Device without(Predicate<Credential> which) {
    List<Credential> left = credentials.stream().filter(which.negate()).toList();
    return new Device(id, state, clientIds, attributes, groups, left, revision + 1, createdMillis);
  }

  public <C extends Credential> java.util.Optional<C> credential(Class<C> kind) {
    return credentials.stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  public Principal principal() {
    return new Principal(id.text(), attributes, groups, revision);
  }
}
