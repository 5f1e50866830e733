package io.trivet.lab.durability;

import java.util.ArrayList;
import java.util.List;

/// No client was told nonsense, refused, or handed what nobody had sent.
final class ClientsSatisfied implements Invariant {
  @Override
  public String promise() {
    return "the server keeps to the protocol, takes each message and makes none up";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    List<String> breaches = new ArrayList<>(evidence.faults());
    breaches.addAll(evidence.refused());
    for (Receiver r : evidence.receivers()) {
      for (Message.Id id : evidence.deliveredTo(r)) {
        Message m = evidence.published().get(id);
        if (m == null) {
          breaches.add(r.name() + " got message " + id + ", which nobody had sent");
        } else if (!r.wants(m)) {
          breaches.add(r.name() + " got " + m + ", which its filter " + r.filter().text() + " does not match");
        }
      }
    }
    return breaches;
  }
}
