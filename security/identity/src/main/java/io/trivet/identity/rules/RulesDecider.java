package io.trivet.identity.rules;

import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Message;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Judges by the rules file: denied unless allowed, and a deny rule wins. The rules that are about a device are worked
/// out once for each of its sessions and kept until rules or registry change.
///
/// A principal that the registry no longer knows as it is (blocked, removed, changed) may do nothing, so a will that
/// fires after its device was blocked is not published.
public final class RulesDecider implements Decider {
  private static final int KEPT_MAX = 100_000;

  private final AtomicLong reloads = new AtomicLong();
  private final LongSupplier registryGeneration;
  private final Predicate<Principal> isCurrent;
  private volatile List<Rule> rules;
  private volatile Kept kept = new Kept(-1);

  /// @param registryGeneration grows with each change of a device
  /// @param isCurrent whether the registry still says what the principal says
  public RulesDecider(List<Rule> rules, LongSupplier registryGeneration, Predicate<Principal> isCurrent) {
    this.rules = List.copyOf(rules);
    this.registryGeneration = registryGeneration;
    this.isCurrent = isCurrent;
  }

  /// From the next decision on.
  public void replace(List<Rule> newRules) {
    rules = List.copyOf(newRules);
    reloads.incrementAndGet();
  }

  @Override
  public long generation() {
    return reloads.get() + registryGeneration.getAsLong(); // both only grow
  }

  private record Who(String device, long revision, String clientId) {}

  private record Line(TopicFilter filter, int line) {}

  /// What one generation has worked out.
  private static final class Kept {
    final long generation;
    final Map<Who, Compiled> compiled = new ConcurrentHashMap<>();

    Kept(long generation) {
      this.generation = generation;
    }
  }

  private static final class Compiled {
    static final Compiled NOTHING = new Compiled();
    final Map<Action, List<Line>> allow = new EnumMap<>(Action.class);
    final Map<Action, List<Line>> deny = new EnumMap<>(Action.class);

    Optional<String> denied(Action action, TopicName topic) {
      for (Line l : deny.getOrDefault(action, List.of())) {
        if (l.filter.matches(topic)) {
          return Optional.of("rules line " + l.line);
        }
      }
      return Optional.empty();
    }

    boolean allows(Action action, TopicName topic) {
      for (Line l : allow.getOrDefault(action, List.of())) {
        if (l.filter.matches(topic)) {
          return true;
        }
      }
      return false;
    }
  }

  private Compiled compiled(Principal who, ClientId clientId) {
    long generation = generation();
    Kept k = kept;
    if (k.generation != generation || k.compiled.size() > KEPT_MAX) {
      k = new Kept(generation);
      kept = k;
    }
    return k.compiled.computeIfAbsent(
        new Who(who.device(), who.revision(), clientId.text()), _ -> compile(who, clientId));
  }

  private Compiled compile(Principal who, ClientId clientId) {
    if (!isCurrent.test(who)) {
      return Compiled.NOTHING;
    }
    Compiled c = new Compiled();
    for (Rule r : rules) {
      if (!r.isAbout(who)) {
        continue;
      }
      for (Template t : r.topics()) {
        t.fill(who, clientId).ifPresent(filter -> {
          for (Action a : r.actions()) {
            (r.allows() ? c.allow : c.deny)
                .computeIfAbsent(a, _ -> new ArrayList<>()).add(new Line(filter, r.line()));
          }
        });
      }
    }
    return c;
  }

  private static Decision deny(Action action) {
    return new Decision.Deny("no rule allows to " + action);
  }

  @Override
  public Decision publish(Principal who, ClientId clientId, Message m) {
    Compiled c = compiled(who, clientId);
    return both(c, Action.PUBLISH, m.topic())
        .or(() -> m.retain() ? both(c, Action.RETAIN, m.topic()) : Optional.empty())
        .orElse(Decision.ALLOW);
  }

  /// The denial, or nothing.
  private static Optional<Decision> both(Compiled c, Action action, TopicName topic) {
    Optional<String> rule = c.denied(action, topic);
    if (rule.isPresent()) {
      return Optional.of(new Decision.Deny(rule.get()));
    }
    return c.allows(action, topic) ? Optional.empty() : Optional.of(deny(action));
  }

  @Override
  public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    Compiled c = compiled(who, clientId);
    for (Line l : c.deny.getOrDefault(Action.SUBSCRIBE, List.of())) {
      // A filter only partly denied is let through: what is denied of it is held back at each delivery.
      if (Coverage.covers(l.filter, filter)) {
        return new Decision.Deny("rules line " + l.line);
      }
    }
    for (Line l : c.allow.getOrDefault(Action.SUBSCRIBE, List.of())) {
      if (Coverage.covers(l.filter, filter)) {
        return Decision.ALLOW;
      }
    }
    return deny(Action.SUBSCRIBE);
  }

  @Override
  public Decision deliver(Principal receiver, ClientId clientId, Message m) {
    Compiled c = compiled(receiver, clientId);
    Optional<String> rule =
        c.denied(Action.DELIVER, m.topic()).or(() -> c.denied(Action.SUBSCRIBE, m.topic()));
    if (rule.isPresent()) {
      return new Decision.Deny(rule.get());
    }
    return c.allows(Action.DELIVER, m.topic()) || c.allows(Action.SUBSCRIBE, m.topic())
        ? Decision.ALLOW : deny(Action.DELIVER);
  }
}
