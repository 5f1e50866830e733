package io.trivet.server;

import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How a server is to start: its data, its file, and what the command line says over it.
///
/// @param configFile absent for `trivet.yaml` in the data directory
/// @param overrides values as a person writes them; lists with blanks between
/// @param restored the backup that the data has just been restored from; mostly none
public record ServerSetup(
    Path data, Optional<Path> configFile, Map<Option, String> overrides, Optional<Path> restored) {
  public ServerSetup {
    overrides = Map.copyOf(overrides);
  }

  public static ServerSetup in(Path data) {
    return new ServerSetup(data, Optional.empty(), Map.of(), Optional.empty());
  }

  public ServerSetup with(Option o, String value) {
    Map<Option, String> more = new LinkedHashMap<>(overrides);
    more.put(o, value);
    return new ServerSetup(data, configFile, more, restored);
  }

  public ServerSetup restored(Path backup) {
    return new ServerSetup(data, configFile, overrides, Optional.of(backup));
  }

  /// Reads the file anew.
  ///
  /// @throws ConfigException with what is wrong and what to give
  Config config(DataDirectory directory) {
    Path file = configFile.orElse(directory.config());
    if (configFile.isPresent() && !Files.exists(file)) {
      throw new ConfigException(file + ": there is no such file");
    }
    Config c = Files.exists(file) ? Config.read(file) : Config.defaults(directory.path());
    for (Map.Entry<Option, String> e : overrides.entrySet()) {
      c = c.with(e.getKey(), e.getValue());
    }
    return c;
  }
}
