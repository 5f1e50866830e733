package io.trivet.abe;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.G1;
import java.util.LinkedHashMap;
import java.util.Map;

/// Attributes hashed to the curve, which costs as much as a multiplication, kept for the next time. At most
/// so many: the one unused longest gives way.
final class Hashes {
  static final int KEPT_MAX = 1024;

  private final Curve curve;
  private final Map<Atom, G1> kept =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Atom, G1> eldest) {
          return size() > KEPT_MAX;
        }
      };

  Hashes(Curve curve) {
    this.curve = curve;
  }

  G1 of(Atom atom) {
    G1 known;
    synchronized (kept) {
      known = kept.get(atom);
    }
    if (known != null) {
      return known;
    }
    G1 hashed = curve.hash(atom.hashed()); // outside the lock: twice at worst
    synchronized (kept) {
      kept.put(atom, hashed);
    }
    return hashed;
  }
}
