package io.trivet.policy.file;

import io.trivet.broker.Principal;
import java.util.Map;
import java.util.Optional;

/// Whom a rule is about.
///
/// @param device only this device; empty for any
/// @param group only members of this group; empty for any
/// @param attributes only subjects with all of these values
/// @param anonymous whether it is about peers without a credential, and about them alone
/// @param allows whether the rule gives a right: such a rule is about peers without a credential only where
/// it says so, while one that takes rights away takes them from everyone
public record Who(
    Optional<String> device, Optional<String> group, Map<String, String> attributes, boolean anonymous, boolean allows) {
  public Who {
    attributes = Map.copyOf(attributes);
  }

  /// Called for each decision, so without a stream.
  public boolean isAbout(Principal who) {
    if ((allows || anonymous) && who.isAnonymous() != anonymous) {
      return false;
    }
    if (device.isPresent() && !device.get().equals(who.device())
        || group.isPresent() && !who.groups().contains(group.get())) {
      return false;
    }
    if (!attributes.isEmpty()) {
      for (Map.Entry<String, String> e : attributes.entrySet()) {
        if (!e.getValue().equals(who.attributes().get(e.getKey()))) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether everyone that `other` is about is among these.
  public boolean covers(Who other) {
    return (anonymous == other.anonymous || !anonymous && !allows)
        && (allows || anonymous ? other.allows || other.anonymous : true)
        && (device.isEmpty() || device.equals(other.device))
        && (group.isEmpty() || group.equals(other.group))
        && other.attributes.entrySet().containsAll(attributes.entrySet());
  }
}
