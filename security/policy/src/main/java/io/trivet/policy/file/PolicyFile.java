package io.trivet.policy.file;

import io.trivet.policy.condition.Asked;
import io.trivet.policy.condition.Declared;
import java.util.List;

/// A whole policy file, read and checked.
///
/// @param text as it was read, to show lines of
/// @param allowsByDefault what becomes of a tentative event that no rule allows
public record PolicyFile(
    String text, boolean allowsByDefault, Declared declared, Sources sources, Asked asked, List<Rule> rules) {
  public PolicyFile {
    rules = List.copyOf(rules);
  }
}
