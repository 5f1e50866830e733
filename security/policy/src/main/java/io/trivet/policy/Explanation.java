package io.trivet.policy;

import java.util.List;

/// Why a policy decided as it did.
///
/// @param steps the rules whose event and topic fit, in file order
public record Explanation(String event, List<Step> steps, Outcome outcome) {
  public Explanation {
    steps = List.copyOf(steps);
  }

  /// @param why in words, such as the condition and what it gave
  public record Step(String rule, Result result, String why) {}

  public enum Result {
    MATCHED,

    /// Not about this subject.
    OTHER_SUBJECT,

    /// Its condition is false.
    NOT_NOW,

    /// Its condition could not be evaluated, which denies.
    FAILED
  }

  /// For people: the event, a line for each rule, what came out.
  public String render() {
    StringBuilder out = new StringBuilder(event).append('\n');
    for (Step s : steps) {
      String mark = switch (s.result) {
        case MATCHED -> "  + ";
        case OTHER_SUBJECT, NOT_NOW -> "  - ";
        case FAILED -> "  ! ";
      };
      out.append(mark).append(s.rule).append(": ").append(s.why).append('\n');
    }
    if (steps.isEmpty()) {
      out.append("  no rule is about this event and topic\n");
    }
    out.append("= ").append(said(outcome.verdict()));
    out.append(outcome.holds() ? " (until the policy or the subject changes)\n" : "\n");
    outcome.executions().forEach(e -> out.append("  and ").append(e).append('\n'));
    return out.toString();
  }

  /// A verdict in words.
  public static String said(Verdict v) {
    return switch (v) {
      case Verdict.Allow _ -> "allow";
      case Verdict.Deny(String rule, int reason, String tell) ->
          "deny by " + rule + ", reason 0x" + Integer.toHexString(reason) + (tell.isEmpty() ? "" : ", '" + tell + "'");
      case Verdict.Delay(String rule, java.time.Duration d, int _, Verdict.Overflow _, List<Modification> m) ->
          "delay by " + rule + " for " + d.toMillis() + " ms" + (m.isEmpty() ? "" : ", then modify by " + by(m));
      case Verdict.Modify(List<Modification> m) -> "modify by " + by(m);
    };
  }

  private static String by(List<Modification> m) {
    return String.join(", then ", m.stream().map(Modification::rule).toList());
  }
}
