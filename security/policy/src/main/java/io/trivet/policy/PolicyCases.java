package io.trivet.policy;

import io.trivet.policy.cases.CaseRun;
import io.trivet.policy.file.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tries a policy on cases that are written down, with a clock of their own: nothing waits, and a case gives
/// the same on any day. The form of the file is in docs/seckit.md.
public final class PolicyCases {
  private PolicyCases() {}

  /// @param problem what went otherwise than the case expects, at the step where it did; nothing where all
  /// went well
  public record Result(String name, Optional<Problem> problem) {
    public boolean passed() {
      return problem.isEmpty();
    }
  }

  /// @param cases the text of a file of cases
  /// @throws PolicyException where the cases cannot be read
  public static List<Result> run(Policy policy, String cases) throws PolicyException {
    List<Result> results = new ArrayList<>();
    try {
      for (CaseRun.Played p : CaseRun.play(policy, policy.file().declared(), cases)) {
        results.add(new Result(p.name(), p.what().map(w -> Problem.of(
            Problem.Severity.ERROR, cases, p.at().line(), p.at().column(), w.strip()))));
      }
    } catch (Wrong w) {
      throw new PolicyException(List.of(
          Problem.of(Problem.Severity.ERROR, cases, w.at().line(), w.at().column(), w.what())));
    }
    return results;
  }
}
