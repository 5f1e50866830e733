package io.trivet.policy;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/// A policy file that cannot be put in force; the message holds every problem with line, column and a caret.
public final class PolicyException extends Exception {
  @Serial
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // an immutable list of records; nobody serialises it
  private final List<Problem> problems;

  public PolicyException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// At least one.
  public List<Problem> problems() {
    return problems;
  }
}
