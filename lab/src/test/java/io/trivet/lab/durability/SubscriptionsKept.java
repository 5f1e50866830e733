package io.trivet.lab.durability;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What is published after the last restart reaches those who subscribed before the first.
final class SubscriptionsKept implements Invariant {
  @Override
  public String promise() {
    return "each subscription is still there at the end";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    List<String> breaches = new ArrayList<>();
    for (Receiver r : evidence.receivers()) {
      Set<Message.Id> got = new HashSet<>(evidence.deliveredTo(r));
      List<Message> wanted = evidence.farewells().stream()
          .map(id -> evidence.published().get(id))
          .filter(m -> m != null && r.wants(m))
          .toList();
      if (wanted.isEmpty()) {
        throw new AssertionError("no last message matches the filter of " + r);
      }
      if (wanted.stream().noneMatch(m -> got.contains(m.id()))) {
        breaches.add(r.name() + " got nothing of what was sent last: its subscription to " + r.filter().text()
            + " is gone");
      }
    }
    return breaches;
  }
}
