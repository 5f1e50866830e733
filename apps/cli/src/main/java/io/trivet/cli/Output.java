package io.trivet.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/// Where a command prints to.
public final class Output {
  private Output() {}

  private static CommandSpec filled(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new AssertionError("picocli fills a command's spec before it calls it");
    }
    return spec;
  }

  public static PrintWriter of(@Nullable CommandSpec spec) {
    return filled(spec).commandLine().getOut();
  }

  public static PrintWriter errors(@Nullable CommandSpec spec) {
    return filled(spec).commandLine().getErr();
  }
}
