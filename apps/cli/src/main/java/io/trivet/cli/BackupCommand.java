package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivet.server.admin.Json;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Copies what the running server keeps into a file.
@Command(
    name = "backup",
    description = "Copy what the running server keeps, as it is at one moment, into FILE: sessions, messages, devices, "
        + "rules, configuration, certificates and their keys. Keep it as you would keep those.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @Parameters(paramLabel = "FILE", description = "The file to write.")
  private @Nullable Path file;

  @Option(names = "--force", description = "Replace the file where it exists.")
  private boolean force;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Path f = file;
    if (f == null) {
      throw new AssertionError("FILE is required");
    }
    long began = System.nanoTime();
    JsonNode done = Ask.server(place, "backup",
        Json.object().put("file", f.toAbsolutePath().normalize().toString()).put("force", force));
    Output.of(spec).printf(Locale.ROOT, "%s: %,d bytes in %.1f s%n", f, done.path("bytes").asLong(),
        (System.nanoTime() - began) / 1e9);
    return Trivet.OK;
  }
}
