package io.trivet.policy;

import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.policy.condition.Condition;
import io.trivet.policy.condition.Frame;
import io.trivet.policy.file.Action;
import io.trivet.policy.file.On;
import io.trivet.policy.file.Rule;
import io.trivet.policy.index.Filters;
import io.trivet.policy.index.TopicPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One thread's workplace for decisions on one policy: used for one after the other, so that a decision
/// leaves next to nothing behind.
final class Judge implements Consumer<Policy.Entry> {
  private final Policy policy;
  private final Frame frame;
  private @Nullable Event event;
  private @Nullable List<Explanation.Step> steps;

  /// Rules whose event, topic and (unless it is to be explained) subject fit, in file order, each once.
  private Rule[] found = new Rule[16];
  private int count;

  private boolean allowed;

  /// Whether it is about a topic that begins with `$`: rights to those are only given by name.
  private boolean reserved;
  private boolean lasting;
  private Verdict.@Nullable Deny denied;
  private Verdict.@Nullable Delay delayed;
  private final List<Modification> modifications = new ArrayList<>();
  private final List<Execution> executions = new ArrayList<>();

  Judge(Policy policy) {
    this.policy = policy;
    this.frame = policy.frame();
  }

  boolean isOf(Policy other) {
    return policy == other;
  }

  private Event event() {
    Event e = event;
    if (e == null) {
      throw new AssertionError("asked outside of a decision");
    }
    return e;
  }

  private void enter(Event e, Facts facts, @Nullable List<Explanation.Step> newSteps) {
    event = e;
    steps = newSteps;
    count = 0;
    reserved = isReserved(e);
    allowed = policy.file().allowsByDefault() && !reserved;
    lasting = true;
    denied = null;
    delayed = null;
    frame.enter(e, facts);
  }

  private void leave() {
    frame.leave();
    event = null;
    steps = null;
    modifications.clear();
    executions.clear();
  }

  Outcome decide(Event e, Facts facts, @Nullable List<Explanation.Step> newSteps) {
    enter(e, facts, newSteps);
    try {
      collect(e);
      for (int i = 0; i < count; i++) {
        judge(found[i]);
      }
      return outcome(e);
    } finally {
      leave();
    }
  }

  private static boolean isReserved(Event e) {
    TopicName topic = e.topic();
    TopicFilter filter = e.filter();
    return topic != null ? topic.isReserved() : filter != null && filter.toString().startsWith("$");
  }

  private void collect(Event e) {
    TopicFilter filter = e.filter();
    if (filter != null) {
      policy.rules(e).collect(filter, this);
    } else {
      policy.rules(e).collect(e.topic(), this);
    }
  }

  /// Takes a rule that the index found.
  @Override
  public void accept(Policy.Entry entry) {
    Event e = event();
    TopicPattern pattern = entry.pattern();
    if (pattern == null ? reserved && entry.rule().allows() : !fits(entry, pattern, e)) {
      return;
    }
    Rule r = entry.rule();
    if (steps != null || r.who().isAbout(e.subject())) { // an explanation names the others in their place
      insert(r);
    }
  }

  private static boolean fits(Policy.Entry entry, TopicPattern pattern, Event e) {
    TopicName topic = e.topic();
    if (topic != null) {
      return entry.wide() ? pattern.matchesWide(topic, e.subject(), e.clientText())
          : pattern.matches(topic, e.subject(), e.clientText());
    }
    TopicFilter asked = e.filter();
    if (asked == null) {
      return false;
    }
    Optional<TopicFilter> own = entry.wide() ? pattern.fillWide(e.subject(), e.clientText())
        : pattern.fill(e.subject(), e.clientText());
    // What gives a right has to give all of it. What takes one away takes it where the two have a topic in
    // common; a line of an access list does so only for what lies within, and the rest is held back message
    // by message.
    boolean whole = entry.rule().access() || entry.rule().allows();
    return own.isPresent() && (whole ? Filters.covers(own.get(), asked) : Filters.overlap(own.get(), asked));
  }

  private void insert(Rule r) {
    int at = count;
    while (at > 0 && found[at - 1].order() > r.order()) {
      at--;
    }
    if (at > 0 && found[at - 1] == r) {
      return;
    }
    if (count == found.length) {
      found = java.util.Arrays.copyOf(found, count * 2);
    }
    System.arraycopy(found, at, found, at + 1, count - at);
    found[at] = r;
    count++;
  }

  private void judge(Rule r) {
    if (steps != null && !r.who().isAbout(event().subject())) {
      explain(r, Explanation.Result.OTHER_SUBJECT, "is not about this subject");
      return;
    }
    Optional<Condition> when = r.when();
    if (when.isPresent()) {
      if (!when.get().isLasting()) {
        lasting = false;
      }
      frame.params(r.params());
      try {
        boolean holds = when.get().holds(frame);
        explain(r, holds ? Explanation.Result.MATCHED : Explanation.Result.NOT_NOW, when.get().toString());
        if (!holds) {
          return;
        }
      } catch (Condition.Failed failed) {
        policy.failed(r);
        explain(r, Explanation.Result.FAILED, String.valueOf(failed.getMessage()));
        if (denied == null) {
          denied = new Verdict.Deny(r.name() + ": condition failed: " + failed.getMessage(), Verdict.NOT_AUTHORIZED, "");
        }
        return;
      }
    } else if (steps != null) {
      explain(r, Explanation.Result.MATCHED, "has no condition");
    }
    List<Action> then = r.then();
    for (int i = 0; i < then.size(); i++) {
      act(r, then.get(i));
    }
  }

  private void explain(Rule r, Explanation.Result result, String why) {
    if (steps != null) {
      steps.add(new Explanation.Step(r.name(), result, why));
    }
  }

  private void act(Rule r, Action action) {
    switch (action) {
      case Action.Allow _ -> allowed = true;
      case Action.Deny(int reason, String tell) -> {
        if (denied == null) {
          denied = new Verdict.Deny(r.name(), reason, tell);
        }
      }
      case Action.Modify(Modification m) -> modifications.add(m);
      case Action.Delay(Duration d, int queued, Verdict.Overflow overflow) -> 
          delayed = stricter(delayed, new Verdict.Delay(r.name(), d, queued, overflow, List.of()));
      case Action.Execute e -> execute(r, e);
    }
  }

  /// Waits as long as either asks, and in the shorter queue.
  private static Verdict.Delay stricter(Verdict.@Nullable Delay one, Verdict.Delay other) {
    if (one == null) {
      return other;
    }
    Verdict.Delay queue = one.queuedMax() <= other.queuedMax() ? one : other;
    return new Verdict.Delay(queue.rule(), longer(one.duration(), other.duration()), queue.queuedMax(),
        one.overflow() == Verdict.Overflow.DENY ? Verdict.Overflow.DENY : other.overflow(), List.of());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void execute(Rule r, Action.Execute what) {
    lasting = false;
    frame.params(r.params());
    try {
      executions.add(Effects.of(what, r, event(), frame));
    } catch (Condition.Failed failed) {
      policy.failed(r);
      explain(r, Explanation.Result.FAILED, String.valueOf(failed.getMessage()));
    }
  }

  private Outcome outcome(Event e) {
    Verdict.Deny no = denied;
    if (no == null && !allowed) {
      no = new Verdict.Deny("no rule allows to " + e.kind(), Verdict.NOT_AUTHORIZED, "");
    }
    Verdict.Delay wait = delayed;
    if (no != null) {
      return new Outcome(no, false, executions);
    }
    if (wait != null) {
      return new Outcome(
          new Verdict.Delay(
              wait.rule(), wait.duration(), wait.queuedMax(), wait.overflow(), modifications), false, executions);
    }
    if (!modifications.isEmpty()) {
      return new Outcome(new Verdict.Modify(modifications), false, executions);
    }
    if (!executions.isEmpty()) {
      return new Outcome(Outcome.ALLOW.verdict(), false, executions);
    }
    return lasting && !isNoted(e) ? Outcome.ALLOW : Outcome.ALLOW_ONCE;
  }

  /// Whether the event, or its having happened, is counted, reacted to or taken into the context, so that
  /// each one has to come this way.
  private boolean isNoted(Event e) {
    boolean[] any = {false};
    if (policy.feeds() && e.kind() == EventKind.PUBLISH && e.topic() != null) {
      policy.fedBy(e.topic(), _ -> any[0] = true);
    }
    if (!policy.reactsOrCounts()) {
      return any[0];
    }
    On before = new On(Phase.TENTATIVE, e.kind());
    On after = new On(Phase.ACTUAL, e.kind());
    policy.counted(before).collect(e.topic(), c -> any[0] |= fits(c, e));
    policy.counted(after).collect(e.topic(), c -> any[0] |= fits(c, e));
    policy.rules(after).collect(e.topic(), entry -> any[0] = true);
    return any[0];
  }

  private static boolean fits(Policy.CountedEntry c, Event e) {
    TopicPattern pattern = c.pattern();
    TopicName topic = e.topic();
    return pattern == null || topic != null && pattern.matches(topic, e.subject(), e.clientText());
  }

  List<Execution> happened(Event e, Facts facts) {
    enter(e, facts, null);
    try {
      On on = new On(e.phase(), e.kind());
      policy.counted(on).collect(e.topic(), c -> {
        if (fits(c, e)) {
          move(c, facts);
        }
      });
      if (e.phase() == Phase.TENTATIVE) {
        return List.of();
      }
      collect(e);
      for (int i = 0; i < count; i++) {
        judge(found[i]);
      }
      return List.copyOf(executions);
    } finally {
      leave();
    }
  }

  private void move(Policy.CountedEntry c, Facts facts) {
    try {
      Optional<Condition> when = c.event().when();
      if (when.isEmpty() || when.get().holds(frame)) {
        facts.happened(c.event().name(), Effects.text(c.event().key().value(frame)));
      }
    } catch (Condition.Failed failed) {
      policy.uncounted(c.event().name());
    }
  }
}
