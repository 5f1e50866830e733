package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.curve.Scalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The rows that a holder owns span the target if and only if the policy is satisfied, and the weights found
/// are right.
class SpanProgramTest {
  private static final BigInteger R = Scalar.ORDER;

  private static SpanProgram program(String policy) {
    return Policy.parse(policy).orThrow().program();
  }

  private static BigInteger number(Scalar s) {
    return new BigInteger(1, s.bigEndian());
  }

  private static Optional<BigInteger[]> spanned(SpanProgram p, Set<Atom> held) {
    List<BigInteger[]> rows = new ArrayList<>();
    for (int i = 0; i < p.rows(); i++) {
      if (held.contains(p.owner(i))) {
        rows.add(Matrix.row(p, i));
      }
    }
    return Matrix.target(rows, p.columns());
  }

  private static void addUpToTheTarget(SpanProgram p, SortedMap<Integer, Scalar> weights) {
    for (int c = 0; c < p.columns(); c++) {
      BigInteger sum = BigInteger.ZERO;
      for (Map.Entry<Integer, Scalar> w : weights.entrySet()) {
        sum = sum.add(number(w.getValue()).multiply(number(p.entry(w.getKey(), c))));
      }
      assertThat(sum.mod(R)).isEqualTo(c == 0 ? BigInteger.ONE : BigInteger.ZERO);
    }
  }

  @Test
  void rowsSpanTheTargetIfAndOnlyIfThePolicyIsSatisfied() {
    Random random = new Random(41);
    int satisfied = 0;
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      RandomPolicy made = RandomPolicy.of(random, 3);
      if (Policy.misreading(made.text()).isPresent()) {
        continue;
      }
      Policy policy = Policy.parse(made.text()).orThrow();
      SpanProgram p = policy.program();
      assertThat(policy.rows()).isEqualTo(p.rows());
      assertThat(policy.occurrencesMax()).isEqualTo(p.occurrencesMax());
      for (int k = 0; k < 12; k++) {
        RandomPolicy.Holder holder = RandomPolicy.holder(random);
        if (holder.isEmpty()) {
          continue;
        }
        Set<Atom> held = holder.attributes().atoms();
        boolean truth = made.truth().test(holder);
        Optional<SortedMap<Integer, Scalar>> weights = p.weights(held);
        assertThat(spanned(p, held).isPresent()).as(made.text() + " spanned by " + holder).isEqualTo(truth);
        assertThat(weights.isPresent()).as(made.text() + " weighed for " + holder).isEqualTo(truth);
        weights.ifPresent(w -> {
          addUpToTheTarget(p, w);
          assertThat(w.keySet()).allMatch(row -> held.contains(p.owner(row)));
        });
        satisfied += truth ? 1 : 0;
        refused += truth ? 0 : 1;
      }
    }
    assertThat(satisfied).isGreaterThan(1_000);
    assertThat(refused).isGreaterThan(1_000);
  }

  /// All subsets of the owners, over policies that have shown faults elsewhere.
  @Test
  void noSubsetSpansMoreThanItSatisfies() {
    for (String text :
        List.of(
            "a and b",
            "a and b and c and d",
            "(a and b) or (c and d)",
            "(a or b) and (c or d)",
            "2 of (a, b, c)",
            "2 of (a and b, c, d or a)",
            "3 of (a, a, b, c) and d",
            "x or ((x or a) and b)",
            "2 of (2 of (a, b, c), 2 of (c, d, a), b and d)",
            "a and (b or (c and (d or (a and b))))")) {
      Policy policy = Policy.parse(text).orThrow();
      SpanProgram p = policy.program();
      List<String> names = List.of("a", "b", "c", "d", "x");
      for (int mask = 1; mask < 1 << names.size(); mask++) {
        int chosen = mask;
        List<String> held =
            IntStream.range(0, names.size()).filter(i -> (chosen >> i & 1) == 1).mapToObj(names::get).toList();
        Attributes attributes = Attributes.parse(String.join(",", held)).orThrow();
        assertThat(spanned(p, attributes.atoms()).isPresent())
            .as(text + " by " + held)
            .isEqualTo(policy.satisfiedBy(attributes));
      }
    }
  }

  @Test
  void sharesAreTheRowsTimesTheVector() {
    SpanProgram p = program("2 of (a and b, c, 3 of (d, e, f, a))");
    Scalar[] vector = Fabeo.random(p.columns() + 3, new Counted(5));
    Scalar[] shares = p.shares(vector);
    for (int i = 0; i < p.rows(); i++) {
      BigInteger sum = BigInteger.ZERO;
      for (int c = 0; c < p.columns(); c++) {
        sum = sum.add(number(p.entry(i, c)).multiply(number(vector[c])));
      }
      assertThat(number(shares[i])).isEqualTo(sum.mod(R));
    }
  }

  @Test
  void takesTheFewestRows() {
    SpanProgram p = program("(a and b and c) or (a and d) or 2 of (b, c and d, a)");
    assertThat(p.weights(held("a, b, c, d")).orElseThrow()).hasSize(2);
    assertThat(program("a or a or a").weights(held("a")).orElseThrow()).hasSize(1);
  }

  private static Set<Atom> held(String attributes) {
    return Attributes.parse(attributes).orThrow().atoms();
  }

  @Test
  void noTwoRowsOfAnAttributeHaveTheSameOccurrence() {
    SpanProgram p = program("a and (b or a) and 2 of (a, b, level >= 3, level >= 3)");
    Map<Atom, Set<Integer>> met = new HashMap<>();
    for (int i = 0; i < p.rows(); i++) {
      assertThat(met.computeIfAbsent(p.owner(i), _ -> new HashSet<>()).add(p.occurrence(i))).isTrue();
    }
    assertThat(p.occurrencesMax()).isEqualTo(3);
    assertThat(met.get(new Atom.Held("a"))).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void largestPolicyStaysWithinItsColumns() {
    for (String text :
        List.of(
            "a" + " and a".repeat(Policy.LEAVES_MAX - 1), "a" + " or a".repeat(Policy.LEAVES_MAX - 1),
            "63 of (a" + ", a".repeat(Policy.LEAVES_MAX - 1) + ")")) {
      SpanProgram p = program(text);
      assertThat(p.rows()).isEqualTo(Policy.LEAVES_MAX);
      assertThat(p.columns()).isLessThanOrEqualTo(Policy.LEAVES_MAX);
      assertThat(p.occurrencesMax()).isEqualTo(Policy.LEAVES_MAX);
    }
  }
}
