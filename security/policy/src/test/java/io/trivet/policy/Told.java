package io.trivet.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Facts as a test tells them; keeps each happening with its time and counts it plainly.
public final class Told implements Facts {
  private record Happening(String event, String key, long at) {}

  public long now = 1_700_000_000_000L;
  public long generation;
  public final Map<String, Object> context = new HashMap<>();
  public final Map<String, Double> trust = new HashMap<>();
  public final Map<String, Double> risk = new HashMap<>();
  private final List<Happening> happenings = new ArrayList<>();

  @Override
  public long wallMillis() {
    return now;
  }

  @Override
  public long count(String event, String key, Duration window) {
    return happenings.stream().filter(h -> h.event.equals(event) && h.key.equals(key)
        && h.at > now - window.toMillis()).count();
  }

  @Override
  public long countTotal(String event, String key) {
    return happenings.stream().filter(h -> h.event.equals(event) && h.key.equals(key)).count();
  }

  @Override
  public long countSince(String event, String start, String key) {
    int from = 0;
    for (int i = 0; i < happenings.size(); i++) {
      if (happenings.get(i).event.equals(start) && happenings.get(i).key.equals(key)) {
        from = i;
      }
    }
    return happenings.stream().skip(from).filter(h -> h.event.equals(event) && h.key.equals(key)).count();
  }

  @Override
  public Optional<Duration> since(String event, String key) {
    return happenings.reversed().stream().filter(h -> h.event.equals(event) && h.key.equals(key)).findFirst()
        .map(h -> Duration.ofMillis(now - h.at));
  }

  @Override
  public Optional<Object> context(String name) {
    return Optional.ofNullable(context.get(name));
  }

  @Override
  public Optional<Object> contextAt(String name, Duration ago) {
    return context(name);
  }

  @Override
  public boolean held(String name, Object value, Duration time) {
    return value.equals(context.get(name));
  }

  @Override
  public Optional<Double> trust(String subject, String aspect) {
    return Optional.ofNullable(trust.get(subject));
  }

  @Override
  public double risk(String subject) {
    return risk.getOrDefault(subject, 0.0);
  }

  @Override
  public void happened(String event, String key) {
    happenings.add(new Happening(event, key, now));
  }

  @Override
  public long generation() {
    return generation;
  }
}
