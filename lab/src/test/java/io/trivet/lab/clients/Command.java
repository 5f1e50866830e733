package io.trivet.lab.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A program under way, its output (standard and error together) kept line by line.
public final class Command implements AutoCloseable {
  private final Process process;
  private final String shown;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;

  private Command(Process process, String shown) {
    this.process = process;
    this.shown = shown;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  public static Command start(String... command) {
    return start(Path.of("").toAbsolutePath(), Map.of(), List.of(command));
  }

  public static Command start(Path directory, Map<String, String> environment, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new Command(process, String.join(" ", command));
    } catch (IOException e) {
      throw new UncheckedIOException(command.getFirst() + " does not start: ./check installs what the tests need", e);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader()) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (lines) {
        lines.add("the output broke off: " + e.getMessage());
      }
    }
    synchronized (lines) {
      lines.notifyAll();
    }
  }

  /// All lines so far.
  public List<String> output() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /// Waits for a line, also one that has come already.
  public String awaitLine(Predicate<String> wanted, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (lines) {
      int seen = 0;
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (wanted.test(lines.get(seen))) {
            return lines.get(seen);
          }
        }
        long left = deadline - System.nanoTime();
        if (left <= 0 || !process.isAlive() && !reader.isAlive()) {
          throw new AssertionError("the line awaited did not come from: " + shown + "\n" + String.join("\n", lines));
        }
        try {
          lines.wait(Math.clamp(left / 1_000_000, 1, 100));
        } catch (InterruptedException e) {
          throw new AssertionError("interrupted", e);
        }
      }
    }
  }

  /// Waits for the end.
  ///
  /// @return the exit code
  public int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw new AssertionError("still running after " + patience + ": " + shown + "\n" + String.join("\n", output()));
      }
      reader.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /// Waits for the end, which must be a good one.
  ///
  /// @return what was printed
  public List<String> awaitSuccess(Duration patience) {
    int code = awaitExit(patience);
    if (code != 0) {
      throw new AssertionError("exit code " + code + " of: " + shown + "\n" + String.join("\n", output()));
    }
    return output();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    kill();
  }

  /// Ends the program and those it started itself, by their process ids.
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
