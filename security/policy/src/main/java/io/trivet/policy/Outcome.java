package io.trivet.policy;

import java.util.List;

/// What came out of asking a policy.
///
/// @param holds whether the same question (who, which action, which topic) gets the same answer until the
/// policy, a subject or a lasting attribute changes, so that it need not be asked again
/// @param executions to be done whatever was decided, in file order
public record Outcome(Verdict verdict, boolean holds, List<Execution> executions) {
  static final Outcome ALLOW = new Outcome(new Verdict.Allow(), true, List.of());
  static final Outcome ALLOW_ONCE = new Outcome(new Verdict.Allow(), false, List.of());

  public Outcome {
    executions = List.copyOf(executions);
  }
}
