package io.trivet.abe;

import java.util.ArrayList;
import java.util.List;

/// Numbers of up to 32 bits as attributes that are held or not, so that comparing costs no more than a few of
/// them.
///
/// Whoever holds a number holds an [Atom.Begins] for each beginning of its bits and an [Atom.Reaches] for
/// each length up to its own: 5, which is 101 in bits, is held as `1..`, `10.`, `101` among the numbers of
/// three bits and as "has at least 1, 2, 3 bits". A comparison is then satisfied by any one of a few: at
/// least 5 is "begins 101, or begins 11, of three bits; or has at least 4 bits". Small numbers are cheap on
/// both sides: 2n attributes are held for a number of n bits, a comparison from below needs at most n + 1
/// alternatives and one from above 2n.
final class Numbers {
  static final int BITS = 32;
  static final long MAX = (1L << BITS) - 1;

  private Numbers() {}

  static int bitsOf(long value) {
    return Long.SIZE - Long.numberOfLeadingZeros(value);
  }

  /// All that holds of a number.
  static List<Atom> held(String name, long value) {
    int bits = bitsOf(value);
    List<Atom> held = new ArrayList<>();
    if (bits == 0) {
      held.add(new Atom.Begins(name, 0, 0, 0));
    }
    for (int known = 1; known <= bits; known++) {
      held.add(new Atom.Begins(name, bits, known, value >> bits - known));
      held.add(new Atom.Reaches(name, known));
    }
    return held;
  }

  /// Of a number that satisfies the comparison exactly one is held, of any other none.
  ///
  /// @return empty where no number does; more than one element where there are alternatives
  static List<Atom> alternatives(String name, Comparison comparison, long bound) {
    return switch (comparison) {
      case EQUAL -> range(name, bound, bound);
      case AT_LEAST -> range(name, bound, MAX);
      case ABOVE -> range(name, bound + 1, MAX);
      case AT_MOST -> range(name, 0, bound);
      case BELOW -> range(name, 0, bound - 1);
    };
  }

  private static List<Atom> range(String name, long from, long to) {
    List<Atom> found = new ArrayList<>();
    if (from > to) {
      return found;
    }
    if (from == 0) {
      found.add(new Atom.Begins(name, 0, 0, 0));
    }
    int first = Math.max(1, bitsOf(from));
    for (int bits = first; bits <= BITS; bits++) {
      long least = Math.max(from, 1L << bits - 1);
      long greatest = Math.min(to, (1L << bits) - 1);
      if (least > greatest) {
        break;
      }
      if (to == MAX && least == 1L << bits - 1) {
        found.add(new Atom.Reaches(name, bits)); // this length and all beyond
        break;
      }
      prefixes(name, bits, least, greatest, found);
    }
    return found;
  }

  /// The fewest beginnings that cover a range within one length: the widest aligned block at its lower end,
  /// again and again.
  private static void prefixes(String name, int bits, long from, long to, List<Atom> found) {
    long at = from;
    while (at <= to) {
      int free = Math.min(Long.numberOfTrailingZeros(at), bits - 1);
      while (at + (1L << free) - 1 > to) {
        free--;
      }
      found.add(new Atom.Begins(name, bits, bits - free, at >> free));
      at += 1L << free;
    }
  }
}
