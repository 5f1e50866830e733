package io.trivet.abe;

import io.trivet.abe.curve.Scalar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A policy as a linear secret sharing scheme: a matrix whose rows each belong to an attribute. The shares of
/// a secret s are the products of the rows with (s, random...). The rows of a set of attributes span (1, 0
/// ... 0) if and only if the set satisfies the policy; otherwise their shares say nothing of s.
///
/// `or` gives its own row to each member. `and` of n is a chain (Lewko and Waters, eprint 2010/351, appendix
/// G, carried on to n members): the first gets the gate's row and 1 in a column of its own, each next -1 in
/// the column before and 1 in its own, the last only the -1; the sum of all is the gate's row. `t of n` gives
/// the i-th member the gate's row and i, i^2 ... i^(t-1) in columns of the gate (Shamir).
///
/// An atom may own several rows. What the scheme adds to the share of a row must then differ between those
/// rows, so [#occurrence(int)] numbers them (Riepel and Wee: their pi and tau).
final class SpanProgram {
  /// @param columns ascending
  /// @param values none of them zero
  private record Row(int[] columns, Scalar[] values) {
    Row with(int[] moreColumns, Scalar[] moreValues) {
      int n = columns.length;
      int[] c = Arrays.copyOf(columns, n + moreColumns.length);
      Scalar[] v = Arrays.copyOf(values, n + moreValues.length);
      System.arraycopy(moreColumns, 0, c, n, moreColumns.length);
      System.arraycopy(moreValues, 0, v, n, moreValues.length);
      return new Row(c, v);
    }
  }

  private static final Row NO_ENTRY = new Row(new int[0], new Scalar[0]);
  private static final Scalar MINUS_ONE = Scalar.ONE.negated();

  /// A gate or row of the policy, to find weights by.
  private sealed interface Part {
    record Leaf(int row) implements Part {}

    record Gate(int needed, List<Part> members) implements Part {}
  }

  private static final int NEVER = 1 << 20;

  private final List<Atom> owners = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Integer> occurrences = new ArrayList<>();
  private final Map<Atom, Integer> occurred = new HashMap<>();
  private final Part root;
  private int columns = 1;

  private SpanProgram(Node policy) {
    this.root = build(policy, new Row(new int[] {0}, new Scalar[] {Scalar.ONE}));
  }

  static SpanProgram of(Node policy) {
    return new SpanProgram(policy);
  }

  int rows() {
    return rows.size();
  }

  int columns() {
    return columns;
  }

  /// The attribute a row belongs to.
  Atom owner(int row) {
    return owners.get(row);
  }

  /// How many earlier rows belong to the same attribute.
  int occurrence(int row) {
    return occurrences.get(row);
  }

  /// How many rows belong to the attribute that owns most.
  int occurrencesMax() {
    return occurred.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /// The row's entry, for tests of what the matrix spans.
  Scalar entry(int row, int column) {
    Row r = rows.get(row);
    int at = Arrays.binarySearch(r.columns, column);
    return at < 0 ? Scalar.ZERO : r.values[at];
  }

  private Part build(Node node, Row row) {
    return switch (node) {
      case Node.Held(String name) -> leaf(new Atom.Held(name), row);
      case Node.Compared compared -> {
        List<Part> alternatives = new ArrayList<>();
        compared.alternatives().forEach(a -> alternatives.add(leaf(a, row)));
        yield new Part.Gate(1, alternatives);
      }
      case Node.Gate gate when gate.isOr() -> {
        List<Part> members = new ArrayList<>();
        gate.members().forEach(m -> members.add(build(m, row)));
        yield new Part.Gate(1, members);
      }
      case Node.Gate gate when gate.isAnd() -> chain(gate, row);
      case Node.Gate gate -> polynomial(gate, row);
    };
  }

  private Part leaf(Atom owner, Row row) {
    owners.add(owner);
    rows.add(row);
    occurrences.add(occurred.merge(owner, 1, Integer::sum) - 1);
    return new Part.Leaf(rows.size() - 1);
  }

  private Part chain(Node.Gate gate, Row row) {
    int n = gate.members().size();
    int first = columns;
    columns += n - 1;
    List<Part> members = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Row own = i == 0 ? row : NO_ENTRY.with(new int[] {first + i - 1}, new Scalar[] {MINUS_ONE});
      if (i < n - 1) {
        own = own.with(new int[] {first + i}, new Scalar[] {Scalar.ONE});
      }
      members.add(build(gate.members().get(i), own));
    }
    return new Part.Gate(n, members);
  }

  private Part polynomial(Node.Gate gate, Row row) {
    int degree = gate.needed() - 1;
    int[] own = IntStream.range(columns, columns + degree).toArray();
    columns += degree;
    List<Part> members = new ArrayList<>();
    for (int i = 1; i <= gate.members().size(); i++) {
      Scalar[] powers = new Scalar[degree];
      Scalar power = Scalar.ONE;
      for (int k = 0; k < degree; k++) {
        power = power.times(Scalar.of(i));
        powers[k] = power;
      }
      members.add(build(gate.members().get(i - 1), row.with(own, powers)));
    }
    return new Part.Gate(gate.needed(), members);
  }

  /// The products of the rows with a vector.
  ///
  /// @param vector as many scalars as there are columns, the secret first
  Scalar[] shares(Scalar[] vector) {
    Scalar[] shares = new Scalar[rows.size()];
    for (int i = 0; i < shares.length; i++) {
      Row r = rows.get(i);
      Scalar sum = Scalar.ZERO;
      for (int k = 0; k < r.columns.length; k++) {
        Scalar product = vector[r.columns[k]].times(r.values[k]);
        Scalar more = sum.plus(product);
        Scalar.wipe(product, sum);
        sum = more;
      }
      shares[i] = sum;
    }
    return shares;
  }

  /// Rows that belong to the given attributes, with weights under which they add up to (1, 0 ... 0); the
  /// fewest rows that do. Empty where the attributes do not satisfy the policy.
  Optional<SortedMap<Integer, Scalar>> weights(Set<Atom> held) {
    if (cost(root, held) >= NEVER) {
      return Optional.empty();
    }
    SortedMap<Integer, Scalar> weights = new TreeMap<>();
    weigh(root, held, Scalar.ONE, weights);
    return Optional.of(weights);
  }

  /// How many rows it takes to satisfy the part; [#NEVER] or more where it cannot be.
  private int cost(Part part, Set<Atom> held) {
    return switch (part) {
      case Part.Leaf(int row) -> held.contains(owners.get(row)) ? 1 : NEVER;
      case Part.Gate(int needed, List<Part> members) ->
          Math.min(NEVER, members.stream().mapToInt(m -> cost(m, held)).sorted().limit(needed).sum());
    };
  }

  private void weigh(Part part, Set<Atom> held, Scalar weight, SortedMap<Integer, Scalar> weights) {
    switch (part) {
      case Part.Leaf(int row) -> weights.put(row, weight);
      case Part.Gate(int needed, List<Part> members) -> {
        int[] chosen =
            IntStream.range(0, members.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> cost(members.get(i), held)))
                .limit(needed)
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i : chosen) {
          boolean shamir = needed > 1 && needed < members.size();
          Scalar own = shamir ? weight.times(lagrange(chosen, i)) : weight;
          weigh(members.get(i), held, own, weights);
        }
      }
    }
  }

  /// The weight of the point i + 1 where a polynomial is taken from its values at the chosen points to the
  /// one at 0.
  private static Scalar lagrange(int[] chosen, int i) {
    Scalar numerator = Scalar.ONE;
    Scalar denominator = Scalar.ONE;
    for (int j : chosen) {
      if (j != i) {
        numerator = numerator.times(Scalar.of(j + 1));
        denominator = denominator.times(Scalar.of(j + 1).minus(Scalar.of(i + 1)));
      }
    }
    return numerator.times(denominator.inverted());
  }
}
