package io.trivet.policy.condition;

import java.util.Map;
import java.util.Set;

/// What the conditions of one file may read beside what every file may.
///
/// @param attributes of subjects, where the file says which there are; empty for any, as texts
/// @param context attributes of the context
/// @param trust aspects of trust
/// @param events names of counted events
public record Declared(
    Map<String, ValueType> attributes, Map<String, ValueType> context, Set<String> trust, Set<String> events) {
  public static final Declared NOTHING = new Declared(Map.of(), Map.of(), Set.of(), Set.of());

  public Declared {
    attributes = Map.copyOf(attributes);
    context = Map.copyOf(context);
    trust = Set.copyOf(trust);
    events = Set.copyOf(events);
  }
}
