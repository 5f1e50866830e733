package io.trivet.lab.durability;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the clients of a run saw, written down as it happens. Shared by all of them.
final class Ledger {
  private final Map<Message.Id, Message> published = new HashMap<>();
  private final Set<Message.Id> acknowledged = new HashSet<>();
  private final Set<Message.Id> farewells = new HashSet<>();
  private final Map<String, List<Message.Id>> deliveries = new LinkedHashMap<>();
  private final Map<String, Integer> lastAcknowledged = new HashMap<>();
  private final Map<String, Integer> lastPublished = new HashMap<>();
  private final List<String> sessionsLost = new ArrayList<>();
  private final List<String> retainedWrong = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private int retainedSeen;

  /// Before its first byte leaves.
  synchronized void publishing(Message m, boolean farewell) {
    published.put(m.id(), m);
    lastPublished.put(m.topic(), m.id().number());
    if (farewell) {
      farewells.add(m.id());
    }
  }

  /// PUBACK or PUBREC came.
  synchronized void acknowledged(Message m) {
    acknowledged.add(m.id());
    lastAcknowledged.merge(m.topic(), m.id().number(), Math::max);
  }

  /// The server answered that it did not take it.
  synchronized void refused(Message m, int code) {
    refused.add(m + ": reason code 0x" + Integer.toHexString(code));
  }

  /// @param subscriber by name
  synchronized void delivered(String subscriber, Message.Id id) {
    deliveries.computeIfAbsent(subscriber, _ -> new ArrayList<>()).add(id);
  }

  synchronized void sessionLost(String client, int connection) {
    sessionsLost.add(client + ": session present 0 on its connection " + connection);
  }

  synchronized void retainedSeen(int count) {
    retainedSeen += count;
  }

  synchronized void retainedWrong(String what) {
    retainedWrong.add(what);
  }

  /// A client ended early: the server broke the protocol, or the harness is at fault.
  synchronized void fault(String client, Throwable cause) {
    faults.add(client + ": " + cause);
  }

  synchronized boolean hasFaults() {
    return !faults.isEmpty();
  }

  synchronized int acknowledgedCount() {
    return acknowledged.size();
  }

  /// The number of the last message on `topic` that was acknowledged, or 0.
  synchronized int lastAcknowledged(String topic) {
    return lastAcknowledged.getOrDefault(topic, 0);
  }

  /// The number of the last message on `topic` that was sent, or 0.
  synchronized int lastPublished(String topic) {
    return lastPublished.getOrDefault(topic, 0);
  }

  /// As it stands, copied.
  synchronized Evidence evidence(List<Receiver> receivers) {
    Map<String, List<Message.Id>> copies = new LinkedHashMap<>();
    deliveries.forEach((name, ids) -> copies.put(name, List.copyOf(ids)));
    return new Evidence(Map.copyOf(published), Set.copyOf(acknowledged), Set.copyOf(farewells), receivers, copies,
        List.copyOf(sessionsLost), List.copyOf(retainedWrong), retainedSeen, List.copyOf(refused),
        List.copyOf(faults));
  }
}
