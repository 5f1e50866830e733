package io.trivet.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to change in a payload before it goes on. Paths name members of objects, `a.b` a member of a member;
/// what a path names in an array is changed in each of its items.
///
/// @param format such as `json`; empty for what the content type says
/// @param drop members to leave out
/// @param redact members to put a fixed text in the place of
/// @param round numbers to round to a multiple, such as 5
/// @param hash members to put a keyed hash in the place of
/// @param truncate texts to cut to a number of characters
/// @param otherwise what becomes of a payload that is not of that format
/// @param rule the rule that asks for it, for the operator
public record Modification(
    Optional<String> format,
    List<String> drop,
    Map<String, String> redact,
    Map<String, Double> round,
    List<String> hash,
    Map<String, Integer> truncate,
    Otherwise otherwise,
    String rule) {
  public enum Otherwise {
    DENY,
    PASS
  }

  public Modification {
    drop = List.copyOf(drop);
    redact = Map.copyOf(redact);
    round = Map.copyOf(round);
    hash = List.copyOf(hash);
    truncate = Map.copyOf(truncate);
  }
}
