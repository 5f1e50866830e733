package io.trivet.lab.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What the lab's JavaScript needs, installed from the lock file, once for each of its states.
public final class NodeModules {
  private static final Path TARGET = Path.of("target", "js").toAbsolutePath();

  private NodeModules() {}

  /// A script of `src/test/js`, started.
  public static Command run(String script, String... arguments) {
    install();
    List<String> line = new java.util.ArrayList<>(List.of("node", "src/test/js/" + script));
    line.addAll(List.of(arguments));
    return Command.start(Path.of("").toAbsolutePath(),
        Map.of("NODE_MODULES", TARGET.resolve("node_modules").toString()), line);
  }

  private static synchronized void install() {
    Path source = Path.of("src", "test", "js").toAbsolutePath();
    Path lock = TARGET.resolve("package-lock.json");
    Path done = TARGET.resolve("node_modules").resolve(".package-lock.json");
    try {
      if (Files.exists(lock) && Files.exists(done)
          && Files.mismatch(lock, source.resolve("package-lock.json")) < 0) {
        return;
      }
      Files.createDirectories(TARGET);
      for (String file : List.of("package.json", "package-lock.json")) {
        Files.copy(source.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (Command npm = Command.start(TARGET, Map.of(),
        List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))) {
      npm.awaitSuccess(Duration.ofMinutes(2));
    }
  }
}
