package io.trivet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// How long this process has been running, the launcher included.
final class SinceStart {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final int TICKS_PER_SECOND = 100; // what Linux shows to programs, on every architecture

  private SinceStart() {}

  /// On Linux both times count from the boot, in hundredths; elsewhere the system's account of the start, which may be
  /// rounded to a second.
  static Duration elapsed() {
    try {
      if (Files.isReadable(STAT) && Files.isReadable(UPTIME)) {
        return between(Files.readString(STAT), Files.readString(UPTIME));
      }
    } catch (IOException | IllegalArgumentException e) {
      return bySystem(); // a /proc of another form
    }
    return bySystem();
  }

  /// @param stat `pid (name) state ...`, of which the 22nd field is the start in ticks (proc(5))
  /// @param uptime seconds since the boot, then the idle time
  static Duration between(String stat, String uptime) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double started = Double.parseDouble(fields[19]) / TICKS_PER_SECOND;
    double now = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
    return Duration.ofMillis(Math.round((now - started) * 1_000));
  }

  private static Duration bySystem() {
    return ProcessHandle.current().info().startInstant()
        .map(start -> Duration.between(start, Instant.now())).orElse(Duration.ZERO);
  }
}
