package io.trivet.abe;

import io.trivet.base.Parsed;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who may read: `ward:7 and (role:nurse or role:doctor)`, `2 of (a, b, c)`, `level >= 3`, and all of these
/// together. `and` binds closer than `or`; keywords are read in any case. A name begins with a letter or `_`
/// and goes on with letters, digits and `: _ . / @ + # * ~ -`; any other stands in quotes, where a backslash
/// goes before a quote or another backslash. Numbers go from 0 to 4294967295.
///
/// Two policies are equal where their canonical forms are: the order of members counts, what parentheses do
/// not change does not.
public final class Policy {
  /// Gates one in another.
  public static final int DEPTH_MAX = 16;

  /// Attributes in all, the same one counted as often as it occurs, a comparison as the alternatives it is
  /// made of.
  public static final int LEAVES_MAX = 64;

  /// Bytes of the canonical form; the form that is read may have so many characters.
  public static final int TEXT_MAX = Scanner.TEXT_MAX;

  private static final String RULE = "policy";

  private final Node root;
  private final String canonical;
  private final int rows;
  private final int occurrencesMax;
  private volatile @Nullable SpanProgram program;

  private Policy(Node root, String canonical) {
    this.root = root;
    this.canonical = canonical;
    // Counted without the matrix: a large one takes the better part of a millisecond, and whoever only looks at
    // a ciphertext needs none.
    Map<Atom, Integer> occurred = new HashMap<>();
    root.owners(a -> occurred.merge(a, 1, Integer::sum));
    this.rows = occurred.values().stream().mapToInt(Integer::intValue).sum();
    this.occurrencesMax = Collections.max(occurred.values());
  }

  public static Parsed<Policy> parse(String text) {
    try {
      return Parsed.valid(read(text));
    } catch (Scanner.Stopped e) {
      return Parsed.invalid(RULE, e.in(text).line());
    }
  }

  /// Where and why [#parse(String)] refuses the text; empty where it does not.
  public static Optional<Misreading> misreading(String text) {
    try {
      read(text);
      return Optional.empty();
    } catch (Scanner.Stopped e) {
      return Optional.of(e.in(text));
    }
  }

  private static Policy read(String text) throws Scanner.Stopped {
    Node root = PolicyParser.parse(text);
    StringBuilder canonical = new StringBuilder();
    root.write(canonical);
    Scanner.checkLength(canonical);
    return new Policy(root, canonical.toString());
  }

  public boolean satisfiedBy(Attributes held) {
    return root.satisfiedBy(held);
  }

  Node root() {
    return root;
  }

  /// How many rows its matrix has.
  int rows() {
    return rows;
  }

  /// How many of the rows belong to the attribute that owns most.
  int occurrencesMax() {
    return occurrencesMax;
  }

  /// The policy as a matrix, made when first asked for.
  SpanProgram program() {
    SpanProgram p = program;
    if (p == null) {
      p = SpanProgram.of(root);
      program = p; // whoever else makes it meanwhile makes the same
    }
    return p;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Policy p && p.canonical.equals(canonical);
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }

  /// The canonical form.
  @Override
  public String toString() {
    return canonical;
  }
}
