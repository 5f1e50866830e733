package io.trivet.policy.cases;

import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.TopicFilter;
import io.trivet.policy.Event;
import io.trivet.policy.EventKind;
import io.trivet.policy.Execution;
import io.trivet.policy.Explanation;
import io.trivet.policy.Outcome;
import io.trivet.policy.Policy;
import io.trivet.policy.Verdict;
import io.trivet.policy.cases.Case.Step;
import io.trivet.policy.condition.Declared;
import io.trivet.policy.file.Mark;
import io.trivet.policy.file.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Plays cases on a policy, as a server would: what is permitted has happened, and trust and risk follow what
/// rules want.
public final class CaseRun {
  private final Policy policy;
  private final CaseFacts facts;

  private CaseRun(Policy policy, CaseFacts facts) {
    this.policy = policy;
    this.facts = facts;
  }

  /// @param what what went otherwise than expected, with the explanation of the decision; nothing where all
  /// went well
  public record Played(String name, Mark at, Optional<String> what) {}

  /// @throws Wrong where the cases cannot be read
  public static List<Played> play(Policy policy, Declared declared, String cases) {
    List<Played> played = new ArrayList<>();
    for (Case c : CasesReader.read(cases, declared)) {
      played.add(new CaseRun(policy, new CaseFacts(c.startMillis())).play(c));
    }
    return played;
  }

  private Played play(Case c) {
    for (Step s : c.steps()) {
      switch (s) {
        case Step.Wait(java.time.Duration time) -> facts.pass(time);
        case Step.Given g -> {
          g.context().forEach(facts::context);
          g.trust().forEach((aspect, level) -> facts.trust("", aspect, level));
          g.risk().ifPresent(r -> facts.risk("", r));
        }
        case Step.Do d -> {
          for (int i = 1; i <= d.times(); i++) {
            Optional<String> wrong = act(d);
            if (wrong.isPresent()) {
              String nth = d.times() == 1 ? "" : "time " + i + " of " + d.times() + ": ";
              return new Played(c.name(), d.at(), Optional.of(nth + wrong.get()));
            }
          }
        }
      }
    }
    return new Played(c.name(), c.at(), Optional.empty());
  }

  private static Event event(EventKind kind, Step.Do d) {
    ClientId client = new ClientId(d.client());
    if (d.filter().isPresent()) {
      return Event.ofSubscription(d.subject(), client, TopicFilter.of(d.filter().get()), d.qos()).from(d.peer());
    }
    if (d.message().isEmpty()) {
      return Event.ofConnection(kind, d.subject(), client, d.peer());
    }
    Message m = d.message().get();
    return switch (kind) {
      case COAP_GET, COAP_DELETE, COAP_FETCH, COAP_OBSERVE -> Event.ofTopic(kind, d.subject(), client, m.topic());
      default -> Event.ofMessage(kind, d.subject(), client, m);
    };
  }

  private Optional<String> act(Step.Do d) {
    Event event = event(d.kind(), d);
    List<Execution> executions = new ArrayList<>();
    if (d.kind() == EventKind.AUTHENTICATION_FAILED || d.kind() == EventKind.DISCONNECT) {
      executions.addAll(policy.happened(event.happened(), facts)); // nobody is asked beforehand
      follow(executions);
      return executions(d, executions, event + "\n");
    }
    Explanation why = policy.explain(event, facts);
    if (d.kind() == EventKind.PUBLISH && d.message().map(Message::retain).orElse(false)
        && !(why.outcome().verdict() instanceof Verdict.Deny)) {
      Explanation kept = policy.explain(event(EventKind.RETAIN, d), facts);
      if (kept.outcome().verdict() instanceof Verdict.Deny) {
        why = kept;
      }
    }
    Outcome outcome = why.outcome();
    executions.addAll(outcome.executions());
    policy.happened(event, facts);
    if (outcome.verdict() instanceof Verdict.Allow || outcome.verdict() instanceof Verdict.Modify) {
      executions.addAll(policy.happened(event.happened(), facts));
    }
    follow(executions);
    String said = said(outcome.verdict());
    if (d.expect().isPresent() && !d.expect().get().equals(said)) {
      return Optional.of("expected " + d.expect().get() + ", came out " + said + "\n" + why.render());
    }
    if (d.rule().isPresent() && !(outcome.verdict() instanceof Verdict.Deny(String rule, int _, String _)
        && rule.contains(d.rule().get()))) {
      return Optional.of("expected to be denied by " + d.rule().get() + "\n" + why.render());
    }
    return executions(d, executions, why.render());
  }

  private static Optional<String> executions(Step.Do d, List<Execution> executions, String why) {
    List<String> kinds = executions.stream().map(CaseRun::kind).toList();
    return d.executions().isEmpty() || d.executions().get().equals(kinds) ? Optional.empty()
        : Optional.of("expected to execute " + d.executions().get() + ", came out " + kinds + "\n" + why);
  }

  private void follow(List<Execution> executions) {
    for (Execution e : executions) {
      switch (e) {
        case Execution.RaiseTrust(String subject, String aspect, double by) -> facts.raiseTrust(subject, aspect, by);
        case Execution.RaiseRisk(String subject, double by) -> facts.raiseRisk(subject, by);
        case Execution.Publish _, Execution.Ban _, Execution.Disconnect _, Execution.Webhook _ -> {}
      }
    }
  }

  private static String kind(Execution e) {
    return switch (e) {
      case Execution.Publish _ -> "publish";
      case Execution.Ban _ -> "ban";
      case Execution.Disconnect _ -> "disconnect";
      case Execution.Webhook _ -> "webhook";
      case Execution.RaiseTrust _, Execution.RaiseRisk _ -> "raise";
    };
  }

  private static String said(Verdict v) {
    return switch (v) {
      case Verdict.Allow _ -> "allow";
      case Verdict.Deny _ -> "deny";
      case Verdict.Modify _ -> "modify";
      case Verdict.Delay _ -> "delay";
    };
  }
}
