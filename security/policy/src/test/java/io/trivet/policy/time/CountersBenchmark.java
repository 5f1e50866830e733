package io.trivet.policy.time;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What "three in ten seconds" costs over 100,000 subjects.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
public class CountersBenchmark {
  private static final int SUBJECTS = 100_000;
  private static final Duration TEN = Duration.ofSeconds(10);

  private final EventCounters counters =
      new EventCounters(List.of(Counted.of("badge"), Counted.of("unlock")), new EventCounters.Room(210_000, 2_000_000), 1);
  private final String[] keys = new String[SUBJECTS];
  private long now;
  private int next;

  @Setup(Level.Trial)
  public void prepare() {
    for (int i = 0; i < SUBJECTS; i++) {
      keys[i] = "device-" + i;
      for (int k = 0; k < 3; k++) {
        counters.record("unlock", keys[i], now++);
      }
    }
  }

  private String key() {
    next = (next + 7_919) % SUBJECTS;
    return keys[next];
  }

  @Benchmark
  public boolean read() {
    return counters.count("unlock", key(), TEN, now) >= 3;
  }

  @Benchmark
  public void record() {
    counters.record("unlock", key(), now++);
  }
}
