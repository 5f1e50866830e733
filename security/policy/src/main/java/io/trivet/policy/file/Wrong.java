package io.trivet.policy.file;

import java.io.Serial;

/// Unwinds the reading of one part of a file; caught within this package, where it becomes a
/// [io.trivet.policy.Problem].
public final class Wrong extends RuntimeException {
  @Serial
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialised
  private final Mark at;

  public Wrong(Mark at, String what) {
    super(what, null, false, false); // the place in the file is what matters, not the one in here
    this.at = at;
  }

  public Mark at() {
    return at;
  }

  public String what() {
    String m = getMessage();
    return m == null ? "wrong" : m;
  }
}
