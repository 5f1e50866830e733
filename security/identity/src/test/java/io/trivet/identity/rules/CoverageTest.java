package io.trivet.identity.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {
  @ParameterizedTest
  @CsvSource({
    "'#', a, true", "'#', a/b/#, true", "'#', '#', true", "'#', +/a, true", "'#', $SYS/a, false", "+/a, $SYS/a, false",
    "$SYS/#, $SYS/#, true", "$SYS/#, '#', false", "a/#, a, true", "a/#, a/b/+, true", "a/#, a/#, true",
    "a/#, '#', false", "a/#, +/b, false", "a/#, ab, false", "+, a, true", "+, +, true", "+, '#', false",
    "+, a/b, false", "a/+, a/b, true", "a/+, a/#, false", "a/+, a, false", "a/+/c, a/+/c, true", "a/+/c, a/b/c, true",
    "a/b/c, a/+/c, false", "a/b, a/b, true", "a/b, a/b/c, false", "a/b/c, a/b, false", "+/#, '#', true", "+/#, +, true", "+/+, '#', false", "a/+/#, a/#, false", "+/+/#, '#', false",
    "+/#, a, true", "+/#, a/b, true", "/+, '/', true", "+, '/', false", "'#', '/', true"
  })
  void saysWhatCoversWhat(String outer, String inner, boolean covers) {
    assertThat(Coverage.covers(TopicFilter.of(outer), TopicFilter.of(inner))).isEqualTo(covers);
  }

  private static final String[] LEVELS = {"a", "b", "", "$SYS", "+"};

  private static String levels(Random r, int kinds) {
    return IntStream.range(0, 1 + r.nextInt(4)).mapToObj(_ -> LEVELS[r.nextInt(kinds)]).collect(Collectors.joining("/"));
  }

  private static TopicFilter filter(Random r) {
    String text = levels(r, LEVELS.length) + (r.nextInt(3) == 0 ? "/#" : "");
    return TopicFilter.of(r.nextInt(12) == 0 ? "#" : text.isEmpty() ? "/" : text);
  }

  /// The law: what covers a filter matches whatever the filter matches. And where it does not cover, some topic of a
  /// small world is matched by the inner filter alone, so that "false" for everything would not pass.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void coveringMeansMatchingAll(long seed) {
    Random r = new Random(seed);
    int covered = 0;
    int matched = 0;
    for (int i = 0; i < 20_000; i++) {
      TopicFilter outer = filter(r);
      TopicFilter inner = r.nextInt(8) == 0 ? outer : filter(r);
      boolean covers = Coverage.covers(outer, inner);
      covered += covers ? 1 : 0;
      for (int n = 0; n < 10; n++) {
        String text = levels(r, LEVELS.length - 1);
        TopicName topic = TopicName.of(text.isEmpty() ? "/" : text);
        if (covers && inner.matches(topic)) {
          matched++;
          assertThat(outer.matches(topic)).as("seed %d: %s covers %s, topic %s", seed, outer, inner, topic).isTrue();
        }
      }
    }
    assertThat(covered).isGreaterThan(1_000);
    assertThat(matched).isGreaterThan(1_000);
  }

  @Test
  void whatIsNotCoveredHasATopicOutside() {
    Random r = new Random(7);
    int outside = 0;
    for (int i = 0; i < 2_000; i++) {
      TopicFilter outer = filter(r);
      TopicFilter inner = filter(r);
      if (!Coverage.covers(outer, inner)) {
        assertThat(witness(outer, inner)).as("%s does not cover %s", outer, inner).isTrue();
        outside++;
      }
    }
    assertThat(outside).isGreaterThan(1_000);
  }

  /// Whether a topic of up to six levels of a small alphabet is matched by the inner filter only. The letter `z` stands
  /// for all names that no filter mentions.
  private static boolean witness(TopicFilter outer, TopicFilter inner) {
    String[] alphabet = {"z", "a", "b", "", "$SYS"};
    for (int depth = 1; depth <= 6; depth++) {
      int[] at = new int[depth];
      do {
        String text = IntStream.of(at).mapToObj(n -> alphabet[n]).collect(Collectors.joining("/"));
        TopicName topic = TopicName.of(text.isEmpty() ? "z" : text);
        if (inner.matches(topic) && !outer.matches(topic)) {
          return true;
        }
      } while (next(at, alphabet.length));
    }
    return false;
  }

  private static boolean next(int[] at, int base) {
    for (int i = 0; i < at.length; i++) {
      if (++at[i] < base) {
        return true;
      }
      at[i] = 0;
    }
    return false;
  }
}
