package io.trivet.cli.authority;

import io.trivet.authority.Authority;
import java.io.PrintWriter;

/// How far many keys have come, said at most every second and only where it takes longer.
final class ProgressLine implements Authority.Progress {
  private static final long EVERY_NANOS = 1_000_000_000;

  private final PrintWriter to;
  private final String verb;
  private long said = System.nanoTime();

  ProgressLine(PrintWriter to, String verb) {
    this.to = to;
    this.verb = verb;
  }

  @Override
  public void reached(int done, int of) {
    long now = System.nanoTime();
    if (now - said >= EVERY_NANOS && done < of) {
      said = now;
      to.println("trivet: " + verb + " " + done + " of " + of);
      to.flush();
    }
  }
}
