package io.trivet.cli;

import io.trivet.server.DataDirectory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Stops the server, and returns once it has let go of its data.
@Command(
    name = "stop",
    description = "Stop the server: clients are told, and the command waits until all is closed.",
    mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  @Mixin
  private Place place = new Place();

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description = "How long to wait for it. (${DEFAULT-VALUE})")
  private int waitSeconds;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Ask.server(place, "stop");
    DataDirectory data = DataDirectory.open(place.data());
    long until = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
    while (System.nanoTime() < until) {
      Optional<DataDirectory.Lock> free = data.tryLock();
      if (free.isPresent()) {
        free.get().close();
        Output.of(spec).println("the server has stopped");
        return Trivet.OK;
      }
      Thread.sleep(LOOK_EVERY);
    }
    throw new CommandFailed("the server still holds " + data.path() + " after " + waitSeconds + " s: see its log");
  }
}
