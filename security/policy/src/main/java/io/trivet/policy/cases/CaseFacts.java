package io.trivet.policy.cases;

import io.trivet.policy.Facts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Facts of one case, kept plainly: every happening with its time, every value with when it came. Nothing
/// decays and nothing grows stale but by what the case says.
final class CaseFacts implements Facts {
  static final int HAPPENINGS_MAX = 100_000;

  private record Happening(String event, String key, long at) {}

  private record Value(Object value, long at) {}

  private long now;
  private final List<Happening> happenings = new ArrayList<>();
  private final Map<String, List<Value>> context = new HashMap<>();
  private final Map<String, Double> trust = new HashMap<>();
  private final Map<String, Double> risk = new HashMap<>();

  CaseFacts(long now) {
    this.now = now;
  }

  void pass(Duration time) {
    now += time.toMillis();
  }

  void context(String name, Object value) {
    context.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Value(value, now));
  }

  /// @param subject empty for all
  void trust(String subject, String aspect, double level) {
    trust.put(subject + "\n" + aspect, level);
  }

  /// @param subject empty for all
  void risk(String subject, double level) {
    risk.put(subject, level);
  }

  void raiseTrust(String subject, String aspect, double by) {
    trust(subject, aspect, within(trust(subject, aspect).orElse(0.0) + by));
  }

  void raiseRisk(String subject, double by) {
    risk(subject, within(risk(subject) + by));
  }

  private static double within(double level) {
    return Math.clamp(level, 0.0, 1.0);
  }

  @Override
  public long wallMillis() {
    return now;
  }

  @Override
  public long count(String event, String key, Duration window) {
    long from = now - window.toMillis();
    return happenings.stream().filter(h -> h.event.equals(event) && h.key.equals(key) && h.at > from).count();
  }

  @Override
  public long countTotal(String event, String key) {
    return happenings.stream().filter(h -> h.event.equals(event) && h.key.equals(key)).count();
  }

  @Override
  public long countSince(String event, String start, String key) {
    long n = 0;
    for (Happening h : happenings) {
      if (h.key.equals(key)) {
        n = h.event.equals(start) ? 0 : h.event.equals(event) ? n + 1 : n;
      }
    }
    return n;
  }

  @Override
  public Optional<Duration> since(String event, String key) {
    return happenings.reversed().stream().filter(h -> h.event.equals(event) && h.key.equals(key)).findFirst()
        .map(h -> Duration.ofMillis(now - h.at));
  }

  @Override
  public Optional<Object> context(String name) {
    List<Value> known = context.get(name);
    return known == null ? Optional.empty() : Optional.of(known.getLast().value);
  }

  @Override
  public Optional<Object> contextAt(String name, Duration ago) {
    long then = now - ago.toMillis();
    return context.getOrDefault(name, List.of()).reversed().stream().filter(v -> v.at <= then).findFirst()
        .map(Value::value);
  }

  @Override
  public boolean held(String name, Object value, Duration time) {
    long from = now - time.toMillis();
    List<Value> known = context.getOrDefault(name, List.of());
    boolean before = false;
    for (Value v : known) {
      if (v.at <= from) {
        before = v.value.equals(value);
      } else if (!v.value.equals(value)) {
        return false;
      }
    }
    return before;
  }

  @Override
  public Optional<Double> trust(String subject, String aspect) {
    Double own = trust.get(subject + "\n" + aspect);
    return own != null ? Optional.of(own) : Optional.ofNullable(trust.get("\n" + aspect));
  }

  @Override
  public double risk(String subject) {
    Double own = risk.get(subject);
    return own != null ? own : risk.getOrDefault("", 0.0);
  }

  @Override
  public void happened(String event, String key) {
    if (happenings.size() < HAPPENINGS_MAX) {
      happenings.add(new Happening(event, key, now));
    }
  }

  @Override
  public long generation() {
    return 0;
  }
}
