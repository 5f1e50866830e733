package io.trivet.abe;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.Curves;
import io.trivet.abe.curve.G1;

/// The groups in which the scheme works, with the attributes hashed to them.
///
/// @param hashes of this curve
record Groups(Curve curve, Hashes hashes) {
  private static final class Chosen {
    static final Groups GROUPS = of(Curves.chosen());
  }

  static Groups of(Curve curve) {
    return new Groups(curve, new Hashes(curve));
  }

  /// Those of this process; see [Curves].
  static Groups chosen() {
    return Chosen.GROUPS;
  }

  G1 hash(Atom atom) {
    return hashes.of(atom);
  }
}
