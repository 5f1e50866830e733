package io.trivet.identity.rules;

import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Message;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Judges by the rules file: denied unless allowed, and a deny rule wins. The rules that are about a device are worked
/// out once for each of its sessions and kept until rules or registry change, so that an allowed message costs a few
/// comparisons and no allocation.
///
/// What counts is what the registry says at the time: a device that was blocked or removed may do nothing, so a will
/// that fires afterwards is not published; one whose attributes changed is judged by the new ones, also where its
/// session is offline and only collects messages.
///
/// Deliveries: allowed by a `deliver` or a `subscribe` rule that matches the topic, denied by a deny of either. So a
/// subscription that only partly overlaps a deny rule is granted, and what is denied of it held back message by message.
/// Retained: `retain` is asked beside `publish`. `$SYS/#` may be subscribed by the group `admin`, by others where a rule
/// says so.
public final class RulesDecider implements Decider {
  /// Its members may see the server's statistics.
  public static final String ADMIN = "admin";

  private static final TopicFilter STATISTICS = TopicFilter.of("$SYS/#");
  private static final int SESSIONS_KEPT_MAX = 131_072;

  private final AtomicLong reloads = new AtomicLong();
  private final LongAdder unfilled = new LongAdder();
  private final LongSupplier registryGeneration;
  private final Function<Principal, Optional<Principal>> current;
  private final CompiledCache cache = new CompiledCache(SESSIONS_KEPT_MAX);
  private volatile List<Rule> rules;

  private RulesDecider(
      Function<Principal, Optional<Principal>> current, List<Rule> rules, LongSupplier registryGeneration) {
    this.current = current;
    this.rules = List.copyOf(rules);
    this.registryGeneration = registryGeneration;
  }

  /// @param registryGeneration grows with each change of a device
  /// @param isCurrent whether the registry still says what the principal says; one of which it does not may do nothing
  public RulesDecider(List<Rule> rules, LongSupplier registryGeneration, Predicate<Principal> isCurrent) {
    this(p -> isCurrent.test(p) ? Optional.of(p) : Optional.empty(), rules, registryGeneration);
  }

  /// @param registryGeneration grows with each change of a device
  /// @param current what the registry says of that principal now; nothing where it may do nothing any more
  public static RulesDecider of(
      List<Rule> rules, LongSupplier registryGeneration, Function<Principal, Optional<Principal>> current) {
    return new RulesDecider(current, rules, registryGeneration);
  }

  /// From the next decision on.
  public void replace(List<Rule> newRules) {
    rules = List.copyOf(newRules);
    reloads.incrementAndGet();
  }

  /// Takes the rules as they stand in the file.
  ///
  /// @throws IOException with file, line, column and what is wrong: the rules then stay as they are
  public void reload(Path file) throws IOException {
    replace(RulesFile.read(file));
  }

  @Override
  public long generation() {
    return reloads.get() + registryGeneration.getAsLong(); // both only grow
  }

  /// How often an allow rule was left out for a session because a value did not fit its place: missing, empty, or with
  /// `+`, `#` or `/` in it.
  public long unfilledPlaces() {
    return unfilled.sum();
  }

  private Compiled compiled(Principal who, ClientId clientId) {
    long generation = generation();
    Compiled kept = cache.find(who, clientId, generation);
    if (kept != null) {
      return kept;
    }
    Compiled fresh = compile(who, clientId);
    cache.keep(who, clientId, generation, fresh);
    return fresh;
  }

  private Compiled compile(Principal who, ClientId clientId) {
    Optional<Principal> now = current.apply(who);
    if (now.isEmpty()) {
      return Compiled.NOTHING;
    }
    Compiled.Builder b = new Compiled.Builder();
    for (Rule r : rules) {
      if (!r.isAbout(now.get())) {
        continue;
      }
      for (Template t : r.topics()) {
        Optional<TopicFilter> filter = r.allows() ? t.fill(now.get(), clientId) : t.fillWide(now.get(), clientId);
        if (filter.isPresent()) {
          r.actions().forEach(a -> b.add(r.allows(), a, filter.get(), r.line()));
        } else if (r.allows()) {
          unfilled.increment();
        }
      }
    }
    if (now.get().groups().contains(ADMIN)) {
      b.add(true, Action.SUBSCRIBE, STATISTICS, 0);
    }
    return b.build();
  }

  private static boolean isServer(Principal who) {
    return who == Principal.SERVER || who.device().equals(Principal.SERVER.device()); // no device id begins with $
  }

  private static Decision deniedBy(int line) {
    return new Decision.Deny("rules line " + line);
  }

  @Override
  public Decision publish(Principal who, ClientId clientId, Message m) {
    if (isServer(who)) {
      return Decision.ALLOW;
    }
    Compiled c = compiled(who, clientId);
    int line = c.denied(Action.PUBLISH, m.topic());
    if (line == Compiled.NONE && m.retain()) {
      line = c.denied(Action.RETAIN, m.topic());
    }
    if (line != Compiled.NONE) {
      return deniedBy(line);
    }
    if (!c.allows(Action.PUBLISH, m.topic())) {
      return Compiled.NO_PUBLISH;
    }
    if (!m.retain()) {
      return Decision.ALLOW; // for unretained messages: a caller asks anew for each retained one
    }
    return c.allows(Action.RETAIN, m.topic()) ? Decision.ALLOW : Compiled.NO_RETAIN;
  }

  @Override
  public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    if (isServer(who)) {
      return Decision.ALLOW;
    }
    Compiled c = compiled(who, clientId);
    int line = c.deniedWhole(filter);
    if (line != Compiled.NONE) {
      return deniedBy(line);
    }
    return c.allowsWhole(filter) ? Decision.ALLOW : Compiled.NO_SUBSCRIBE;
  }

  @Override
  public Decision deliver(Principal receiver, ClientId clientId, Message m) {
    if (isServer(receiver)) {
      return Decision.ALLOW;
    }
    Compiled c = compiled(receiver, clientId);
    int line = c.denied(Action.DELIVER, m.topic());
    if (line == Compiled.NONE) {
      line = c.denied(Action.SUBSCRIBE, m.topic());
    }
    if (line != Compiled.NONE) {
      return deniedBy(line);
    }
    return c.allows(Action.SUBSCRIBE, m.topic()) || c.allows(Action.DELIVER, m.topic())
        ? Decision.ALLOW : Compiled.NO_DELIVER;
  }
}
