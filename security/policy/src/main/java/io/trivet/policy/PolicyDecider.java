package io.trivet.policy;

import io.trivet.base.Parsed;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Message;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Judges by a policy that can be replaced while it is asked. What counts is what the registry says at the
/// time: a device that was blocked or removed may do nothing.
///
/// Counters of the policy move here: those of tentative events with the question, those of actual ones with
/// its being permitted, since from here on nothing but the store stands in its way.
public final class PolicyDecider implements Decider {
  private static final Decision NO_LONGER = new Decision.Deny("the device was removed, blocked or changed");

  private final AtomicLong reloads = new AtomicLong();
  private final Facts facts;
  private final LongSupplier registryGeneration;
  private final Function<Principal, Optional<Principal>> current;
  private final Modifier modifier;
  private final BiConsumer<Execution, Event> enact;
  private final Waiting waiting = new Waiting();
  private volatile Policy policy;

  /// @param registryGeneration grows with each change of a device
  /// @param current what the registry says of that principal now; nothing where it may do nothing any more
  /// @param enact takes what rules want done beside the decision; answers at once and never throws
  public PolicyDecider(
      Policy policy,
      Facts facts,
      LongSupplier registryGeneration,
      Function<Principal, Optional<Principal>> current,
      Modifier modifier,
      BiConsumer<Execution, Event> enact) {
    this.policy = policy;
    this.facts = facts;
    this.registryGeneration = registryGeneration;
    this.current = current;
    this.modifier = modifier;
    this.enact = enact;
    facts.follow(policy.declarations());
  }

  /// From the next decision on.
  public void replace(Policy newPolicy) {
    facts.follow(newPolicy.declarations());
    policy = newPolicy;
    waiting.clear();
    reloads.incrementAndGet();
  }

  /// Takes the policy as it stands in the file.
  ///
  /// @throws IOException where it cannot be read: the policy then stays as it is
  /// @throws PolicyException with all that is wrong in it: the policy then stays as it is
  public void reload(Path file) throws IOException, PolicyException {
    replace(Policy.read(file));
  }

  /// Why it would decide as it does; nothing happens by the question.
  public Explanation explain(Event event) {
    return policy.explain(event, facts);
  }

  public Policy policy() {
    return policy;
  }

  @Override
  public long generation() {
    return reloads.get() + registryGeneration.getAsLong() + facts.generation(); // all only grow
  }

  private static boolean isServer(Principal who) {
    return who == Principal.SERVER || who.device().equals(Principal.SERVER.device()); // no device id begins with $
  }

  @Override
  public Decision publish(Principal who, ClientId clientId, Message message) {
    return publish(who, clientId, message, false);
  }

  @Override
  public Decision publishDelayed(Principal who, ClientId clientId, Message message) {
    return publish(who, clientId, message, true);
  }

  private Decision publish(Principal who, ClientId clientId, Message m, boolean waited) {
    if (isServer(who)) {
      return Decision.ALLOW;
    }
    Principal now = current.apply(who).orElse(null);
    if (now == null) {
      return NO_LONGER;
    }
    Policy p = policy;
    Event event = Event.ofMessage(EventKind.PUBLISH, now, clientId, m);
    Outcome outcome = p.decide(event, facts);
    if (m.retain() && !(outcome.verdict() instanceof Verdict.Deny)) {
      outcome = both(outcome, p.decide(Event.ofMessage(EventKind.RETAIN, now, clientId, m), facts));
    }
    return settle(p, outcome, event, m, waited);
  }

  /// Connections are judged where some rule is about them; otherwise whoever has proved who it is may
  /// connect.
  @Override
  public Decision connect(Principal who, ClientId clientId, io.trivet.broker.Peer peer) {
    return connect(who, clientId, peer, false);
  }

  @Override
  public Decision review(Principal who, ClientId clientId, io.trivet.broker.Peer peer) {
    return connect(who, clientId, peer, true);
  }

  private Decision connect(Principal who, ClientId clientId, io.trivet.broker.Peer peer, boolean onlyAsked) {
    Policy p = policy;
    if (isServer(who) || !p.isAbout(EventKind.CONNECT)) {
      return Decision.ALLOW;
    }
    Principal now = current.apply(who).orElse(null);
    if (now == null) {
      return NO_LONGER;
    }
    Event event = Event.ofConnection(EventKind.CONNECT, now, clientId, Peer.of(peer));
    Outcome outcome = p.decide(event, facts);
    return onlyAsked ? said(outcome.verdict()) : settle(p, outcome, event, null, false);
  }

  @Override
  public Decision review(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    if (isServer(who)) {
      return Decision.ALLOW;
    }
    return current.apply(who)
        .map(now -> said(policy.decide(Event.ofSubscription(now, clientId, filter, qos), facts).verdict()))
        .orElse(NO_LONGER);
  }

  private static Decision said(Verdict v) {
    return v instanceof Verdict.Deny(String rule, int _, String _) ? new Decision.Deny(rule) : Decision.ALLOW_ONCE;
  }

  /// A will is a publish, and a will beside where some rule is about those.
  @Override
  public Decision will(Principal who, ClientId clientId, Message m) {
    Policy p = policy;
    Principal now = current.apply(who).orElse(null);
    if (!isServer(who) && now != null && p.isAbout(EventKind.WILL)) {
      Event event = Event.ofMessage(EventKind.WILL, now, clientId, m);
      Decision decision = settle(p, p.decide(event, facts), event, m, false);
      if (decision instanceof Decision.Modify(Message changed)) {
        Decision of = publish(who, clientId, changed);
        return of instanceof Decision.Allow ? decision : of;
      }
      if (!(decision instanceof Decision.Allow)) {
        return decision;
      }
    }
    return publish(who, clientId, m);
  }

  /// Something that nobody asked about has happened, such as a credential that was refused.
  ///
  /// @param event as [Event#happened()] gives it
  public void happened(Event event) {
    Policy p = policy;
    p.happened(event, facts).forEach(e -> enact.accept(e, event));
  }

  /// Both have to permit it.
  private static Outcome both(Outcome first, Outcome second) {
    List<Execution> executions = new ArrayList<>(first.executions());
    executions.addAll(second.executions());
    if (second.verdict() instanceof Verdict.Deny) {
      return new Outcome(second.verdict(), false, executions);
    }
    List<Modification> changes = new ArrayList<>(modifications(first.verdict()));
    changes.addAll(modifications(second.verdict()));
    Verdict one = first.verdict();
    Verdict other = second.verdict();
    if (one instanceof Verdict.Delay || other instanceof Verdict.Delay) {
      Verdict.Delay d = one instanceof Verdict.Delay a
          ? other instanceof Verdict.Delay b && b.duration().compareTo(a.duration()) > 0 ? b : a : (Verdict.Delay) other;
      return new Outcome(new Verdict.Delay(d.rule(), d.duration(), d.queuedMax(), d.overflow(), changes), false, executions);
    }
    return changes.isEmpty()
        ? new Outcome(new Verdict.Allow(), first.holds() && second.holds(), executions)
        : new Outcome(new Verdict.Modify(changes), false, executions);
  }

  private static List<Modification> modifications(Verdict v) {
    return switch (v) {
      case Verdict.Modify(List<Modification> m) -> m;
      case Verdict.Delay d -> d.modifications();
      case Verdict.Allow _, Verdict.Deny _ -> List.of();
    };
  }

  @Override
  public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    if (isServer(who)) {
      return Decision.ALLOW;
    }
    Principal now = current.apply(who).orElse(null);
    if (now == null) {
      return NO_LONGER;
    }
    Policy p = policy;
    Event event = Event.ofSubscription(now, clientId, filter, qos);
    return settle(p, p.decide(event, facts), event, null, false);
  }

  @Override
  public Decision deliver(Principal receiver, ClientId clientId, Message message) {
    if (isServer(receiver)) {
      return Decision.ALLOW;
    }
    Principal now = current.apply(receiver).orElse(null);
    if (now == null) {
      return NO_LONGER;
    }
    Policy p = policy;
    Event event = Event.ofMessage(EventKind.DELIVER, now, clientId, message);
    return settle(p, p.decide(event, facts), event, message, false);
  }

  /// Moves the counters, hands on what is to be done, and turns the verdict into the broker's words.
  private Decision settle(
      Policy p, Outcome outcome, Event event, @Nullable Message m, boolean waited) {
    if (!waited && p.reactsOrCounts()) {
      p.happened(event, facts);
    }
    if (!waited && !outcome.executions().isEmpty()) {
      outcome.executions().forEach(e -> enact.accept(e, event));
    }
    Decision decision = switch (outcome.verdict()) {
      case Verdict.Allow _ -> outcome.holds() ? Decision.ALLOW : Decision.ALLOW_ONCE;
      case Verdict.Deny(String rule, int _, String _) -> new Decision.Deny(rule);
      case Verdict.Modify(List<Modification> changes) -> modified(changes, m);
      case Verdict.Delay d -> waited ? modified(d.modifications(), m) : delayed(d, m);
    };
    if (p.reactsOrCounts() && (decision instanceof Decision.Allow || decision instanceof Decision.Modify)) {
      p.happened(event.happened(), facts).forEach(e -> enact.accept(e, event));
    }
    if (event.kind() == EventKind.PUBLISH && p.feeds()) {
      heard(p, decision, m);
    }
    return decision;
  }

  /// As it goes on: a context that others feed knows no more of a message than they may.
  private void heard(Policy p, Decision decision, @Nullable Message m) {
    Message permitted = switch (decision) {
      case Decision.Allow _ -> m;
      case Decision.Modify(Message changed) -> changed;
      case Decision.Deny _, Decision.Unfit _, Decision.Delay _ -> null;
    };
    if (permitted != null) {
      p.fedBy(permitted.topic(), name -> facts.heard(name, permitted.payload()));
    }
  }

  private Decision delayed(Verdict.Delay d, @Nullable Message m) {
    long now = facts.wallMillis();
    if (waiting.take(d.rule(), d.queuedMax(), now, now + d.duration().toMillis())) {
      return new Decision.Delay(d.duration());
    }
    return d.overflow() == Verdict.Overflow.PASS ? modified(d.modifications(), m)
        : new Decision.Deny(d.rule() + ": " + d.queuedMax() + " wait already");
  }

  private Decision modified(List<Modification> changes, @Nullable Message m) {
    if (changes.isEmpty() || m == null) {
      return Decision.ALLOW_ONCE; // a subscription has no payload to change
    }
    Message changed = m;
    for (Modification change : changes) {
      switch (modifier.apply(change, changed)) {
        case Parsed.Valid<Message>(Message next) -> changed = next;
        case Parsed.Invalid<Message>(String _, String what) -> {
          if (change.otherwise() == Modification.Otherwise.DENY) {
            return new Decision.Deny(change.rule() + ": " + what);
          }
        }
      }
    }
    return changed == m ? Decision.ALLOW_ONCE : new Decision.Modify(changed);
  }
}
