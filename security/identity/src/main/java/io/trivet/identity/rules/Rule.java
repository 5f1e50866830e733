package io.trivet.identity.rules;

import io.trivet.broker.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One line of the rules file: who may, or may not, do what where.
///
/// @param device only this device; empty for any
/// @param group only members of this group; empty for any
/// @param attributes only devices with all of these values
/// @param anonymous whether it is about peers without a credential, and about them alone. A rule that allows is about
/// them only where it says so; one that denies everyone denies them too
/// @param line where it stands in its file, for the operator
public record Rule(
    boolean allows,
    Set<Action> actions,
    List<Template> topics,
    Optional<String> device,
    Optional<String> group,
    Map<String, String> attributes,
    boolean anonymous,
    int line) {
  public Rule {
    actions = Set.copyOf(actions);
    topics = List.copyOf(topics);
    attributes = Map.copyOf(attributes);
  }

  boolean isAbout(Principal who) {
    return (allows || anonymous ? who.isAnonymous() == anonymous : true)
        && (device.isEmpty() || device.get().equals(who.device()))
        && (group.isEmpty() || who.groups().contains(group.get()))
        && attributes.entrySet().stream().allMatch(e -> e.getValue().equals(who.attributes().get(e.getKey())));
  }
}
