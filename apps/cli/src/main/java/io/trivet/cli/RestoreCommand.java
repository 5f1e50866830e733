package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivet.server.DataDirectory;
import io.trivet.server.Restoration;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.AdminException;
import io.trivet.server.admin.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Puts a backup in the place of what a server keeps.
@Command(
    name = "restore",
    description = {
      "Put the backup FILE in the place of what is in the data directory, which is kept beside it as before-restore-….",
      "A running server tells its clients, stops, and starts again on the backup. A damaged backup changes nothing."
    },
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  @Mixin
  private Place place = new Place();

  @Parameters(paramLabel = "FILE", description = "What 'trivet backup' wrote.")
  private @Nullable Path file;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for a running server to come back. (${DEFAULT-VALUE})")
  private int waitSeconds;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Path f = file;
    if (f == null) {
      throw new AssertionError("FILE is required");
    }
    DataDirectory data = DataDirectory.openOrCreate(place.data());
    Optional<DataDirectory.Lock> lock = data.tryLock();
    if (lock.isPresent()) {
      try (DataDirectory.Lock _ = lock.get()) {
        Restoration done = Restoration.run(data, f, Instant.now());
        Output.of(spec).println("restored " + f + "; what was there before is in " + done.aside());
      }
      return Trivet.OK;
    }
    String backup = f.toAbsolutePath().normalize().toString();
    Ask.server(place, "restore", Json.object().put("file", backup));
    if (!awaitServer(data).equals(backup)) {
      throw new CommandFailed("the server could not start on " + f + " and runs on what it had: see its log");
    }
    Output.of(spec).println("the server runs on " + f + "; what was there before is in "
        + data.path().resolve("before-restore-…"));
    return Trivet.OK;
  }

  /// What the server has restored, once it is back: its old socket gone, and another there.
  private String awaitServer(DataDirectory data) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofSeconds(waitSeconds).toNanos();
    boolean gone = false;
    while (System.nanoTime() < until) {
      // Never by way of the lock, which the server needs.
      try (Admin admin = AdminClient.toServer(data)) {
        JsonNode status = admin.call("status", Json.object());
        if (gone) {
          return status.path("restored").asText();
        }
      } catch (AdminException e) {
        gone = true; // between the two
      }
      Thread.sleep(LOOK_EVERY);
    }
    throw new CommandFailed("the server on " + data.path() + " did not come back within " + waitSeconds
        + " s: see its log");
  }
}
