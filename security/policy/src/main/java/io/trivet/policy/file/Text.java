package io.trivet.policy.file;

import io.trivet.policy.condition.Condition;
import java.util.List;

/// A text with expressions in it: `door ${levels[1]} was forced`.
///
/// @param pieces texts and [Condition]s in turn
public record Text(String source, List<Object> pieces) {
  public Text {
    pieces = List.copyOf(pieces);
  }

  @Override
  public String toString() {
    return source;
  }
}
