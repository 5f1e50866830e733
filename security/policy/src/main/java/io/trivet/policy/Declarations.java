package io.trivet.policy;

import io.trivet.broker.TopicFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a policy wants its [Facts] to keep.
public record Declarations(List<Counter> counters, List<Context> context, List<Trust> trust) {
  public Declarations {
    counters = List.copyOf(counters);
    context = List.copyOf(context);
    trust = List.copyOf(trust);
  }

  /// An event that is counted for each key.
  ///
  /// @param atLeast the greatest number that a rule compares a count over some stretch of time with, and one
  /// more; as many occurrences have to be told apart by their time
  /// @param horizon the longest window that a rule asks for; empty where one asks for all time
  public record Counter(String event, int atLeast, Optional<Duration> horizon) {}

  /// An attribute of the context.
  ///
  /// @param type `string`, `int`, `double` or `bool`; values are String, Long, Double or Boolean
  /// @param topic the messages of which set it
  /// @param path where in a JSON payload the value stands, names of members from the outside in; empty for
  /// the payload itself
  /// @param stale how old a value may become
  /// @param otherwise what it is where it is stale or never came; empty where reading it then is an error
  public record Context(
      String name,
      String type,
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
  /// @param halfLife in which what was earned or lost decays by half; empty where it does not
  public record Trust(String aspect, Map<String, Double> initial, Optional<Duration> halfLife) {
    public Trust {
      initial = Map.copyOf(initial);
    }
  }
}
