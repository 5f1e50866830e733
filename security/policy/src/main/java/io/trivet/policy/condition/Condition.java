package io.trivet.policy.condition;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import java.util.Optional;
import java.util.Set;

/// A checked expression of CEL, ready to be asked. Immutable.
public final class Condition {
  /// What stays the same for one subject, action and topic until the policy or the subject changes. Whether a
  /// message is retained is not among it: two messages on one topic may differ in that.
  private static final Set<String> LASTING = Set.of(
      "subject.id", "subject.client", "subject.roles", "subject.attr", "subject.anonymous", "topic", "levels",
      "event.kind", "data.classes", Vocabulary.PARAM);

  private final String text;
  private final Program program;
  private final Optional<Shortcut.Truth> shortcut;
  private final Set<String> reads;
  private final boolean lasting;

  Condition(String text, Program program, Optional<Shortcut.Truth> shortcut, Set<String> reads) {
    this.text = text;
    this.program = program;
    this.shortcut = shortcut;
    this.reads = Set.copyOf(reads);
    this.lasting = LASTING.containsAll(reads);
  }

  /// What an expression could not be evaluated for, in one line.
  public static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    /// @param what one line for the operator
    public Failed(String what) {
      super(what, null, false, false);
    }

    Failed(String what, Throwable cause) {
      super(what, cause, false, false);
    }
  }

  /// @throws Failed where something it asks for is missing or out of range
  public boolean holds(Frame frame) throws Failed {
    if (shortcut.isPresent()) {
      switch (quick(shortcut.get(), frame)) {
        case YES -> {
          return true;
        }
        case NO -> {
          return false;
        }
        case UNKNOWN -> {} // CEL knows, or knows what to report
      }
    }
    return byCel(frame);
  }

  private static Shortcut.Answer quick(Shortcut.Truth shortcut, Frame frame) {
    try {
      return shortcut.of(frame);
    } catch (RuntimeException _) {
      return Shortcut.Answer.UNKNOWN; // facts that are not known are told by exceptions, which CEL reports
    }
  }

  /// Whether it has a shortcut.
  boolean isShort() {
    return shortcut.isPresent();
  }

  /// As [#holds], without the shortcut.
  boolean byCel(Frame frame) throws Failed {
    Object value = value(frame);
    if (value instanceof Boolean b) {
      return b;
    }
    throw new Failed("gives " + value.getClass().getSimpleName() + ", not true or false", new ClassCastException());
  }

  /// @throws Failed where something it asks for is missing or out of range
  public Object value(Frame frame) throws Failed {
    try {
      return program.eval(frame);
    } catch (CelEvaluationException e) {
      throw new Failed(what(e), e);
    } catch (RuntimeException e) {
      // A value of a type that an overload does not take, found at run time; denied like any other failure.
      throw new Failed(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
    }
  }

  /// Of one of our own functions what it says itself, since CEL would name the frame among its arguments.
  private static String what(CelEvaluationException e) {
    String message = e.getMessage() == null ? e.getErrorCode().toString() : e.getMessage();
    Throwable cause = e.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return message.contains("Function '@") && cause != null ? String.valueOf(cause.getMessage()) : message;
  }

  /// The names it reads, such as `subject.attr`, `ctx.site.emergency`; `@frame` for counters.
  public Set<String> reads() {
    return reads;
  }

  /// Whether it says the same for the same subject, action and topic until policy or subject change.
  public boolean isLasting() {
    return lasting;
  }

  @Override
  public String toString() {
    return text;
  }
}
