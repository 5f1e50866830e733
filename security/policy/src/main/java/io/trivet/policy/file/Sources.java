package io.trivet.policy.file;

import io.trivet.broker.TopicFilter;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.ValueType;
import io.trivet.policy.index.TopicPattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a file declares beside its rules.
///
/// @param classes names of classes of data by topic filter, in file order
public record Sources(
    List<DataClass> classes, List<Context> context, List<Trust> trust, List<Counted> events) {
  public static final Sources NONE = new Sources(List.of(), List.of(), List.of(), List.of());

  public Sources {
    classes = List.copyOf(classes);
    context = List.copyOf(context);
    trust = List.copyOf(trust);
    events = List.copyOf(events);
  }

  public record DataClass(TopicPattern topic, List<String> names) {
    public DataClass {
      names = List.copyOf(names);
    }
  }

  /// An attribute of the context, fed by the messages of a topic.
  ///
  /// @param path where in a JSON payload the value stands; empty for the payload itself
  /// @param stale how old its value may become
  /// @param otherwise what it is where it is stale or never came; empty for an error
  public record Context(
      String name,
      ValueType type,
      TopicFilter topic,
      List<String> path,
      Optional<Duration> stale,
      Optional<Object> otherwise) {
    public Context {
      path = List.copyOf(path);
    }
  }

  /// An aspect of trust.
  ///
  /// @param initial what a way of proving oneself is worth at first, 0 to 1
  /// @param halfLife in which what was earned or lost decays by half
  public record Trust(String aspect, Map<String, Double> initial, Optional<Duration> halfLife) {
    public Trust {
      initial = Map.copyOf(initial);
    }
  }

  /// An event that is counted.
  ///
  /// @param key by which it is counted
  public record Counted(
      String name, On on, List<TopicPattern> topics, Optional<Condition> when, Condition key, Mark at) {
    public Counted {
      topics = List.copyOf(topics);
    }
  }
}
