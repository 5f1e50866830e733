package io.trivet.policy.file;

import io.trivet.policy.condition.Condition;
import io.trivet.policy.index.TopicPattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Event, condition, action, as read and checked.
///
/// @param name what the operator knows it by: its id and line
/// @param order its place in the file
/// @param topics empty for every topic and for none
/// @param params the values it was made with from a template
/// @param access whether it is a line of an access list, which on subscribing concerns only filters that lie
/// wholly within its own
public record Rule(
    String name,
    int order,
    Mark at,
    Mark topicAt,
    Mark whenAt,
    Set<On> on,
    List<TopicPattern> topics,
    Who who,
    Optional<Condition> when,
    Map<String, Object> params,
    List<Action> then,
    boolean access) {
  public Rule {
    on = Set.copyOf(on);
    topics = List.copyOf(topics);
    params = Map.copyOf(params);
    then = List.copyOf(then);
  }

  public boolean allows() {
    return has(Action.Allow.class);
  }

  public boolean denies() {
    return has(Action.Deny.class);
  }

  public boolean has(Class<? extends Action> kind) {
    return then.stream().anyMatch(kind::isInstance);
  }
}
