package io.trivet.policy.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Parsed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.LongSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The counters beside an evaluator that keeps the whole trace and goes through all of it for every answer.
class EventCountersModelTest {
  private static final List<String> NAMES = List.of("unlock", "badge", "authfail");
  private static final int STEPS = 6_000;

  private record Occurrence(String event, String key, long at) {}

  /// What everything means, in the plainest form.
  private static final class Trace {
    private final List<Occurrence> all = new ArrayList<>();

    long count(String event, String key, Duration window, long now) {
      return all.stream().filter(o -> o.event.equals(event) && o.key.equals(key) && now - o.at < window.toNanos()).count();
    }

    long total(String event, String key) {
      return all.stream().filter(o -> o.event.equals(event) && o.key.equals(key)).count();
    }

    long since(String start, String event, String key) {
      long n = 0;
      for (Occurrence o : all) {
        // What starts anew does so before it is counted itself.
        if (o.key.equals(key)) {
          n = o.event.equals(start) ? 0 : n;
          n += o.event.equals(event) && !start.equals(event) ? 1 : 0;
        }
      }
      return n;
    }

    long age(String event, String key, long now) {
      long last = all.stream().filter(o -> o.event.equals(event) && o.key.equals(key)).mapToLong(o -> o.at)
          .max().orElse(Long.MIN_VALUE);
      return last == Long.MIN_VALUE ? -1 : now - last;
    }
  }

  private int asked;
  private int unknown;

  private void same(String question, LongSupplier answer, long expected) {
    asked++;
    try {
      assertThat(answer.getAsLong()).as(question).isEqualTo(expected);
    } catch (NotKnown _) {
      unknown++;
    }
  }

  /// @param room of entries
  /// @param unknownMost how many of a hundred questions may go without an answer
  @ParameterizedTest
  @CsvSource({
    "1, 1600, 4096, 8, 0", "2, 1600, 4096, 8, 0", "3, 1600, 4096, 100, 0", "4, 1600, 4096, 1, 0",
    "5, 1600, 4, 8, 85", "6, 1600, 16, 8, 60", "7, 16, 4096, 60, 95", "8, 64, 16, 100, 90", "9, 64, 16, 200, 95",
    "10, 1600, 64, 3, 60",
  })
  void answersAsTheWholeTraceWouldOrNotAtAll(long seed, int room, int remembered, int keys, int unknownMost) {
    Random random = new Random(seed);
    EventCounters.Room r = new EventCounters.Room(room, Math.max(4 * room, room >= 1600 ? 200_000 : 0));
    List<Counted> events = NAMES.stream().map(n -> new Counted(n, remembered, Optional.empty())).toList();
    EventCounters c = new EventCounters(events, r, seed);
    Trace trace = new Trace();
    long now = random.nextLong(1_000_000);
    for (int i = 0; i < STEPS; i++) {
      // Often time stands still, so that many things happen in one moment.
      now += random.nextInt(3) == 0 ? random.nextInt(20) : 0;
      String event = NAMES.get(random.nextInt(NAMES.size()));
      String key = "k" + random.nextInt(keys);
      if (random.nextInt(4) > 0) {
        c.record(event, key, now);
        trace.all.add(new Occurrence(event, key, now));
      }
      if (i % 1_000 == 999) {
        c = EventCounters.restored(c.snapshot(now, 5), events, r, now, 5).orThrow();
      }
      if (i % 4 == 0) {
        ask(c, trace, random, keys, now);
      }
    }
    assertThat(asked).isGreaterThan(4_000);
    assertThat(100L * unknown).as("%d of %d unknown", unknown, asked).isLessThanOrEqualTo((long) unknownMost * asked);
  }

  private void ask(EventCounters c, Trace trace, Random random, int keys, long now) {
    String event = NAMES.get(random.nextInt(NAMES.size()));
    String start = NAMES.get(random.nextInt(NAMES.size()));
    String key = "k" + random.nextInt(keys + 1);
    long age = trace.age(event, key, now);
    // The edge itself and both its sides as often as any other window.
    long span = age < 0 || random.nextBoolean() ? random.nextInt(500) : Math.max(0, age - 1 + random.nextInt(3));
    Duration window = Duration.ofNanos(span);
    same("count " + event + " " + key + " " + span, () -> c.count(event, key, window, now), trace.count(event, key, window, now));
    same("seen " + event + " " + key, () -> c.seen(event, key, window, now) ? 1 : 0,
        trace.count(event, key, window, now) > 0 ? 1 : 0);
    same("total " + event + " " + key, () -> c.countTotal(event, key), trace.total(event, key));
    same("since " + start + " " + event + " " + key, () -> c.countSince(event, start, key), trace.since(start, event, key));
    same("age " + event + " " + key, () -> c.since(event, key, now).orElse(-1), age);
    assertThat(c.usage().keys()).isLessThanOrEqualTo(c.room().keysMax() + EventCounters.STRIPES);
    assertThat(c.usage().slots()).isLessThanOrEqualTo(c.room().slotsMax() + EventCounters.STRIPES);
  }

  @ParameterizedTest
  @CsvSource({"11", "12", "13"})
  void readsNeverChangeAnAnswer(long seed) {
    Random random = new Random(seed);
    EventCounters read = new EventCounters(NAMES.stream().map(Counted::of).toList(), new EventCounters.Room(16, 64), 7);
    EventCounters quiet = new EventCounters(NAMES.stream().map(Counted::of).toList(), new EventCounters.Room(16, 64), 7);
    Trace trace = new Trace();
    for (int i = 0; i < 2_000; i++) {
      String event = NAMES.get(random.nextInt(3));
      String key = "k" + random.nextInt(40);
      read.record(event, key, i);
      quiet.record(event, key, i);
      trace.all.add(new Occurrence(event, key, i));
      ask(read, trace, random, 40, i);
    }
    assertThat(read.snapshot(2_000, 0)).isEqualTo(quiet.snapshot(2_000, 0));
    assertThat(EventCounters.restored(quiet.snapshot(2_000, 0), quiet.events(), quiet.room(), 2_000, 0))
        .isInstanceOfSatisfying(Parsed.Valid.class, v ->
            assertThat(((EventCounters) v.value()).snapshot(2_000, 0)).isEqualTo(quiet.snapshot(2_000, 0)));
    assertThat(quiet.since("unlock", "never", 0)).isIn(OptionalLong.empty());
  }
}
