package io.trivet.cli;

/// A command cannot do what it was asked to; the message says what happened and what to do next, and is all that a
/// person sees of it.
public final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CommandFailed(String message) {
    super(message);
  }

  public CommandFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
