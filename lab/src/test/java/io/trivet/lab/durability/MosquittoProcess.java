package io.trivet.lab.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// mosquitto with persistence, for contrast.
public final class MosquittoProcess implements BrokerProcess {
  /// How often it saves; none of these saves before it acknowledges.
  public enum Saving {
    /// After every change, as often as it can be told to.
    EACH_CHANGE("autosave_interval 1\nautosave_on_changes true"),
    EACH_SECOND("autosave_interval 1\nautosave_on_changes false");

    private final String lines;

    Saving(String lines) {
      this.lines = lines;
    }
  }

  // Debian keeps servers in /usr/sbin, which is not on everybody's path.
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin");

  private final Path work;
  private final Saving saving;
  private @Nullable Life life;

  /// @param work an empty directory
  public MosquittoProcess(Path work, Saving saving) {
    this.work = work;
    this.saving = saving;
    try {
      Files.createDirectories(data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "mosquitto, " + saving.lines.replace('\n', ' ');
  }

  @Override
  public Path data() {
    return work.resolve("data");
  }

  @Override
  public void start() {
    int port = Life.freePort();
    life = Life.begin(work, ENVIRONMENT, line(port), port);
  }

  @Override
  public void startAndKill(Duration after) {
    Life.endAfter(after, work, ENVIRONMENT, line(Life.freePort()));
  }

  private List<String> line(int port) {
    Path file = work.resolve("mosquitto.conf");
    try {
      Files.writeString(file, """
          listener %d 127.0.0.1
          allow_anonymous true
          user %s
          max_queued_messages 0
          persistence true
          persistence_location %s/
          %s
          """.formatted(port, System.getProperty("user.name"), data(), saving.lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of("env", "mosquitto", "-c", file.toString());
  }

  @Override
  public int port() {
    return alive().port();
  }

  @Override
  public String said() {
    return alive().said();
  }

  @Override
  public void kill() {
    alive().kill();
  }

  @Override
  public void close() {
    if (life != null) {
      life.kill();
    }
  }

  private Life alive() {
    if (life == null) {
      throw new AssertionError("start the server first");
    }
    return life;
  }
}
