package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivet.local.Progress;
import io.trivet.local.StoreFiles;
import io.trivet.server.DataDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Looks at what a server keeps on disk.
@Command(
    name = "store",
    description = "Look at what a server keeps on disk.",
    subcommands = {StoreCommand.Check.class, StoreCommand.Stats.class},
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class StoreCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new picocli.CommandLine.ParameterException(s.commandLine(), "Give a command: check or stats.");
    }
  }

  /// Reads everything, and says what is damaged.
  @Command(
      name = "check",
      description = "Read every table and record with their checksums and name what is damaged; exits with 1 where "
          + "anything is. Changes nothing. Of a running server, what changes meanwhile may look wrong: check again.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      List<String> damaged = damaged();
      PrintWriter out = Output.of(spec);
      damaged.forEach(out::println);
      out.println(damaged.isEmpty() ? "the store is whole" : damaged.size() + " damaged");
      return damaged.isEmpty() ? Trivet.OK : Trivet.FAILED;
    }

    private List<String> damaged() throws IOException {
      DataDirectory data = DataDirectory.open(place.data());
      Optional<DataDirectory.Lock> lock = data.tryLock();
      if (lock.isPresent()) {
        try (DataDirectory.Lock _ = lock.get()) {
          return StoreFiles.checkClosed(data.store(), data.libraries(), Progress.NONE);
        }
      }
      List<String> damaged = new ArrayList<>();
      Ask.server(place, "store.check").path("damaged").forEach(d -> damaged.add(d.asText()));
      return damaged;
    }
  }

  /// Says how much there is.
  @Command(
      name = "stats",
      description = "Show how much the running server keeps, on disk and in memory, and how long a group takes.",
      mixinStandardHelpOptions = true)
  static final class Stats implements Callable<Integer> {
    @Mixin
    private Place place = new Place();

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = Output.of(spec);
      JsonNode stats = Ask.server(place, "store.stats");
      if (json) {
        out.println(stats.toPrettyString());
        return Trivet.OK;
      }
      stats.propertyStream().filter(e -> e.getValue().isValueNode())
          .forEach(e -> out.printf("%-30s %s%n", e.getKey(), e.getValue().asText()));
      stats.path("records").propertyStream()
          .forEach(e -> out.printf("%-30s %s%n", "records of " + e.getKey(), e.getValue().asText()));
      return Trivet.OK;
    }
  }
}
