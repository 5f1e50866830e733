package io.trivet.policy;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.policy.time.Counted;
import io.trivet.policy.time.EventCounters;
import io.trivet.policy.trust.Aspect;
import io.trivet.policy.trust.RiskTable;
import io.trivet.policy.trust.TrustTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// The facts of a running server: counters, trust and risk that move, and the context beside them. They
/// follow the policy in force; what both the old and the new one declare goes on.
///
/// A question of the old policy that comes while the new one is taken over may find its counter gone: then
/// its condition fails, which denies that once.
public final class LiveFacts implements Facts {
  private final Room room;
  private final LongSupplier nanos;
  private final LongSupplier wallMillis;
  private final long seed;
  private final ContextView context;
  private final RiskTable risk;
  private volatile State state;

  /// How much is kept at most.
  ///
  /// @param keys counted events times keys
  /// @param occurrences remembered in all, at least four times `keys`
  /// @param subjects of which trust and risk are kept
  public record Room(int keys, int occurrences, int subjects) {
    public static final Room DEFAULT = new Room(100_000, 2_000_000, 100_000);
  }

  private record State(
      List<Counted> events, Set<String> names, EventCounters counters, List<Aspect> aspects, TrustTable trust) {}

  /// @param nanos a clock that never goes back
  /// @param wallMillis since 1970
  /// @param seed drawn at random
  /// @param riskHalfLife in which risk that was raised decays by half
  public LiveFacts(
      Room room, LongSupplier nanos, LongSupplier wallMillis, long seed, Duration riskHalfLife, ContextView context) {
    this.room = room;
    this.nanos = nanos;
    this.wallMillis = wallMillis;
    this.seed = seed;
    this.context = context;
    this.risk = new RiskTable(100, riskHalfLife, room.subjects());
    this.state = new State(List.of(), Set.of(), counters(List.of()), List.of(), new TrustTable(List.of(), room.subjects()));
  }

  private EventCounters counters(List<Counted> events) {
    return new EventCounters(events, countersRoom(), seed);
  }

  private EventCounters.Room countersRoom() {
    return new EventCounters.Room(room.keys(), room.occurrences());
  }

  @Override
  public synchronized void follow(Declarations wanted) {
    State old = state;
    List<Counted> events = wanted.counters().stream().map(LiveFacts::counted).toList();
    List<Aspect> aspects = wanted.trust().stream()
        .map(t -> new Aspect(t.aspect(), t.initial(), t.halfLife(), Aspect.WEIGHT)).toList();
    context.follow(wanted.context());
    long now = nanos.getAsLong();
    long wall = wallMillis.getAsLong();
    EventCounters counters = events.equals(old.events) ? old.counters
        : kept(EventCounters.restored(old.counters.snapshot(now, wall), events, countersRoom(), now, wall));
    TrustTable trust = aspects.equals(old.aspects) ? old.trust
        : kept(TrustTable.restored(old.trust.snapshot(now, wall), aspects, room.subjects(), now, wall));
    Set<String> names = events.stream().map(Counted::name).collect(Collectors.toUnmodifiableSet());
    state = new State(events, names, counters, aspects, trust);
  }

  private static Counted counted(Declarations.Counter c) {
    return new Counted(c.event(), Math.clamp(c.atLeast(), Counted.REMEMBERED, Counted.REMEMBERED_MAX), c.horizon());
  }

  private static <T> T kept(Parsed<T> restored) {
    return switch (restored) {
      case Parsed.Valid<T>(T value) -> value;
      case Parsed.Invalid<T>(String _, String what) -> throw new AssertionError("its own snapshot: " + what);
    };
  }

  /// A subject proved who it is.
  ///
  /// @param method as policies name it below `trust`, such as `mtls`
  public void authenticated(String subject, String method) {
    state.trust.authenticated(subject, method, nanos.getAsLong());
  }

  /// Does what concerns trust and risk.
  ///
  /// @return whether that was all there is to do; what else is asked for is for others
  public boolean enact(Execution e) {
    return switch (e) {
      case Execution.RaiseTrust(String subject, String aspect, double by) -> {
        State s = state;
        if (s.aspects.stream().anyMatch(a -> a.name().equals(aspect))) {
          s.trust.raise(subject, aspect, by, nanos.getAsLong());
        }
        yield true;
      }
      case Execution.RaiseRisk(String subject, double by) -> {
        risk.raise(subject, by, nanos.getAsLong());
        yield true;
      }
      case Execution.Publish _, Execution.Ban _, Execution.Disconnect _, Execution.Webhook _ -> false;
    };
  }

  @Override
  public long wallMillis() {
    return wallMillis.getAsLong();
  }

  @Override
  public long count(String event, String key, Duration window) {
    return state.counters.count(event, key, window, nanos.getAsLong());
  }

  @Override
  public long countTotal(String event, String key) {
    return state.counters.countTotal(event, key);
  }

  @Override
  public long countSince(String event, String start, String key) {
    return state.counters.countSince(event, start, key);
  }

  @Override
  public Optional<Duration> since(String event, String key) {
    OptionalLong age = state.counters.since(event, key, nanos.getAsLong());
    return age.isPresent() ? Optional.of(Duration.ofNanos(age.getAsLong())) : Optional.empty();
  }

  @Override
  public void heard(String attribute, Bytes payload) {
    context.feed(attribute, payload);
  }

  @Override
  public Optional<Object> context(String name) {
    return context.now(name);
  }

  @Override
  public Optional<Object> contextAt(String name, Duration ago) {
    return context.at(name, ago);
  }

  @Override
  public boolean held(String name, Object value, Duration time) {
    return context.held(name, value, time);
  }

  @Override
  public Optional<Double> trust(String subject, String aspect) {
    OptionalDouble level = state.trust.trust(subject, aspect, nanos.getAsLong());
    return level.isPresent() ? Optional.of(level.getAsDouble()) : Optional.empty();
  }

  @Override
  public double risk(String subject) {
    return risk.risk(subject, nanos.getAsLong());
  }

  @Override
  public void happened(String event, String key) {
    State s = state;
    if (s.names.contains(event)) { // a policy that was replaced meanwhile may have declared others
      s.counters.record(event, key, nanos.getAsLong());
    }
  }

  /// Stays: whatever changes here is read anew for each decision that depends on it.
  @Override
  public long generation() {
    return 0;
  }
}
