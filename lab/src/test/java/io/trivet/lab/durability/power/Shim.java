package io.trivet.lab.durability.power;

import io.trivet.lab.clients.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// The library that writes down what a process does to its files, built from `shim.c` by the C compiler of
/// this machine.
public final class Shim {
  private final Path library;

  private Shim(Path library) {
    this.library = library;
  }

  /// @param work where to build it
  public static Shim build(Path work) {
    Path source = work.resolve("shim.c");
    Path library = work.resolve("shim.so");
    try (InputStream in = Shim.class.getResourceAsStream("/io/trivet/lab/durability/shim.c")) {
      if (in == null) {
        throw new AssertionError("shim.c is not among the resources of the test");
      }
      Files.copy(in, source);
    } catch (IOException e) {
      throw new AssertionError("shim.c cannot be copied", e);
    }
    try (Command gcc = Command.start("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o",
        library.toString(), source.toString(), "-lpthread", "-ldl")) {
      gcc.awaitSuccess(Duration.ofSeconds(60));
    }
    return new Shim(library);
  }

  /// What a process needs in its environment to be followed.
  ///
  /// @param directory that exists
  /// @param lying whether fsync is to do nothing and say that all is well
  public Map<String, String> environment(Path directory, Path journal, boolean lying) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("LD_PRELOAD", library.toString());
    try {
      environment.put("TRIVET_SHIM_DIR", directory.toRealPath().toString());
    } catch (IOException e) {
      throw new AssertionError("the directory to follow is not there", e);
    }
    environment.put("TRIVET_SHIM_JOURNAL", journal.toString());
    environment.put("TRIVET_SHIM_LIE", lying ? "1" : "0");
    return environment;
  }
}
