package io.trivet.lab.durability;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was seen from outside over a whole run.
///
/// @param farewells the last message of each publisher to each of its topics, sent after the last restart
/// @param deliveries by the name of the subscriber, in the order they came; a QoS 2 message counts once for
///     each exchange that began anew
/// @param retainedSeen how many retained messages were looked at
/// @param refused messages that the server answered with an error
record Evidence(
    Map<Message.Id, Message> published,
    Set<Message.Id> acknowledged,
    Set<Message.Id> farewells,
    List<Receiver> receivers,
    Map<String, List<Message.Id>> deliveries,
    List<String> sessionsLost,
    List<String> retainedWrong,
    int retainedSeen,
    List<String> refused,
    List<String> faults) {

  List<Message.Id> deliveredTo(String subscriber) {
    return deliveries.getOrDefault(subscriber, List.of());
  }

  /// What all members of `receiver` got.
  List<Message.Id> deliveredTo(Receiver receiver) {
    return receiver.members().stream().flatMap(m -> deliveredTo(m).stream()).toList();
  }
}
