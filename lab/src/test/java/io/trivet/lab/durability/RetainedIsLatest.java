package io.trivet.lab.durability;

import java.util.List;

/// After each restart, before any publisher is back: see [Witness].
final class RetainedIsLatest implements Invariant {
  @Override
  public String promise() {
    return "a topic's retained message is the last one acknowledged, or one sent after it";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    return evidence.retainedWrong();
  }
}
