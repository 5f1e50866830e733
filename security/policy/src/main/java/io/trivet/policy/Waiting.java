package io.trivet.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/// How many messages wait because of each rule. A place is given back by time alone: whoever waits may be
/// gone by then without a word.
///
/// Bounded by the number of rules that delay and by what each of them lets wait.
final class Waiting {
  private final Map<String, PriorityQueue<Long>> untilByRule = new HashMap<>();

  /// Takes a place.
  ///
  /// @param max how many may wait because of that rule
  /// @return false where all are taken
  synchronized boolean take(String rule, int max, long nowMillis, long untilMillis) {
    PriorityQueue<Long> until = untilByRule.computeIfAbsent(rule, _ -> new PriorityQueue<>());
    for (Long first = until.peek(); first != null && first <= nowMillis; first = until.peek()) {
      until.poll();
    }
    return until.size() < max && until.add(untilMillis);
  }

  synchronized void clear() {
    untilByRule.clear();
  }
}
