package io.trivet.lab.durability;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The promise of PUBACK and PUBREC.
final class NothingLost implements Invariant {
  @Override
  public String promise() {
    return "each acknowledged message reaches every durable subscriber whose filter matches";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    List<String> breaches = new ArrayList<>();
    for (Receiver r : evidence.receivers()) {
      for (Message m : missing(evidence, r)) {
        breaches.add(r.name() + " never got " + m);
      }
    }
    return breaches;
  }

  /// What `receiver` was owed and did not get, in the order of publishers and their messages.
  static List<Message> missing(Evidence evidence, Receiver receiver) {
    Set<Message.Id> got = new HashSet<>(evidence.deliveredTo(receiver));
    return owed(evidence, receiver).stream()
        .filter(m -> !got.contains(m.id()))
        .sorted((a, b) -> a.id().publisher() != b.id().publisher()
            ? Integer.compare(a.id().publisher(), b.id().publisher())
            : Integer.compare(a.id().number(), b.id().number()))
        .toList();
  }

  static List<Message> owed(Evidence evidence, Receiver receiver) {
    return evidence.published().values().stream()
        .filter(m -> evidence.acknowledged().contains(m.id()) && receiver.wants(m))
        .toList();
  }
}
