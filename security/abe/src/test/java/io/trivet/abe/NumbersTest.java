package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Of a number that satisfies a comparison exactly one alternative is held, of any other none.
class NumbersTest {
  private static List<Long> edges() {
    List<Long> edges = new ArrayList<>();
    for (int bits = 0; bits <= Numbers.BITS; bits++) {
      for (long d = -2; d <= 2; d++) {
        long value = (1L << bits) + d;
        if (value >= 0 && value <= Numbers.MAX) {
          edges.add(value);
        }
      }
    }
    Random random = new Random(31);
    for (int i = 0; i < 60; i++) {
      edges.add(random.nextLong(Numbers.MAX + 1));
    }
    return edges;
  }

  private static void check(long value, long bound) {
    Set<Atom> held = new HashSet<>(Numbers.held("n", value));
    for (Comparison c : Comparison.values()) {
      long hits = Numbers.alternatives("n", c, bound).stream().filter(held::contains).count();
      assertThat(hits).as(value + " " + c.sign() + " " + bound).isEqualTo(c.holds(value, bound) ? 1 : 0);
    }
  }

  @Test
  void compareRightlyForAllSmallNumbers() {
    for (long value = 0; value < 70; value++) {
      for (long bound = 0; bound < 70; bound++) {
        check(value, bound);
      }
    }
  }

  @Test
  void compareRightlyAtTheEdgesOfEachLength() {
    for (long value : edges()) {
      for (long bound : edges()) {
        check(value, bound);
      }
    }
  }

  @Test
  void areHeldAsTwiceAsManyElementsAsTheyHaveBits() {
    assertThat(Numbers.held("n", 0)).hasSize(1);
    assertThat(Numbers.held("n", 1)).hasSize(2);
    assertThat(Numbers.held("n", 5)).hasSize(6);
    assertThat(Numbers.held("n", Numbers.MAX)).hasSize(64);
  }

  @Test
  void needFewAlternatives() {
    assertThat(Numbers.alternatives("n", Comparison.EQUAL, 123_456_789)).hasSize(1);
    assertThat(Numbers.alternatives("n", Comparison.AT_LEAST, 3)).hasSize(2);
    assertThat(Numbers.alternatives("n", Comparison.AT_MOST, Numbers.MAX)).hasSize(2);
    for (long bound : edges()) {
      int bits = Numbers.bitsOf(bound);
      assertThat(Numbers.alternatives("n", Comparison.AT_LEAST, bound)).hasSizeLessThanOrEqualTo(Math.max(2, bits + 1));
      assertThat(Numbers.alternatives("n", Comparison.AT_MOST, bound)).hasSizeLessThanOrEqualTo(Math.max(1, 2 * bits));
    }
  }

  @Test
  void areNeverBelowZeroOrAboveTheGreatest() {
    assertThat(Numbers.alternatives("n", Comparison.BELOW, 0)).isEmpty();
    assertThat(Numbers.alternatives("n", Comparison.ABOVE, Numbers.MAX)).isEmpty();
  }
}
