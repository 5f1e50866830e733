package io.trivet.lab.durability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// This build of Trivet, in a Java machine that is started as the launcher `trivet` starts it.
public final class TrivetProcess implements BrokerProcess {
  private static final String RULES = """
      version: 1
      rules:
        - allow: [publish, subscribe, retain]
          anonymous: true
          topic: "#"
      """;

  private final Path work;
  private final Map<String, String> environment;
  private final List<String> settings;
  private @Nullable Life life;

  /// @param work an empty directory, left to the server and its rules file
  /// @param environment variables of the process, beside those inherited
  /// @param settings options as `--set` takes them, such as `store.durability=os`
  public TrivetProcess(Path work, Map<String, String> environment, String... settings) {
    this.work = work;
    this.environment = environment;
    this.settings = List.of(settings);
    try {
      Files.writeString(work.resolve("rules.yaml"), RULES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return settings.isEmpty() ? "Trivet" : "Trivet, " + String.join(" ", settings);
  }

  @Override
  public Path data() {
    return work.resolve("data");
  }

  @Override
  public void start() {
    int port = Life.freePort();
    life = Life.begin(work, environment, line(port), port);
  }

  @Override
  public void startAndKill(Duration after) {
    Life.endAfter(after, work, environment, line(Life.freePort()));
  }

  private List<String> line(int port) {
    List<String> line = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-Xlog:disable", "-Xlog:all=error:stderr", "-Dfile.encoding=UTF-8", "-XX:+UseParallelGC",
        "-XX:+ExitOnOutOfMemoryError", "-Xmx512m",
        // A life is too short for the second compiler, which would take a third of the time of each start.
        "-XX:TieredStopAtLevel=1",
        "-cp", System.getProperty("java.class.path"), "io.trivet.cli.Trivet",
        "serve", "--data", data().toString(), "--mqtts", "127.0.0.1:0",
        "--insecure-plaintext", "127.0.0.1:" + port, "--insecure-anonymous",
        "--set", "rules=" + work.resolve("rules.yaml"), "--set", "log.level=warn",
        // What falls out of a full queue is not lost by a crash: let none be full.
        "--set", "limits.queue-messages-max=1000000", "--set", "limits.queue-bytes-max=1GiB",
        "--set", "limits.queue-bytes-total-max=4GiB"));
    for (String s : settings) {
      line.addAll(List.of("--set", s));
    }
    return line;
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
