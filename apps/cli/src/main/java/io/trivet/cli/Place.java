package io.trivet.cli;

import io.trivet.server.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server a command means: its data directory and its configuration file.
final class Place {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:TRIVET_DATA:-data}",
      description = "The server's data directory; without it TRIVET_DATA, or data here. (${DEFAULT-VALUE})")
  private @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Its configuration file; without it trivet.yaml in the data directory.")
  private @Nullable Path config;

  Path data() {
    Path d = data;
    if (d == null) {
      throw new AssertionError("--data has a default");
    }
    return d;
  }

  /// Present where the command line names the file.
  Optional<Path> configFile() {
    return Optional.ofNullable(config);
  }

  /// The options of the file; all defaults where none was named and there is none yet.
  Config read() {
    Path file = configFile().orElseGet(() -> data().resolve("trivet.yaml"));
    return configFile().isEmpty() && !Files.exists(file) ? Config.defaults(data()) : Config.read(file);
  }
}
