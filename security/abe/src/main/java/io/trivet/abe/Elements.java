package io.trivet.abe;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.G1;
import io.trivet.abe.curve.G2;
import io.trivet.base.Bytes;
import org.jspecify.annotations.Nullable;

/// Group elements one after another, read at the places that the scope gives. Each is checked to be a point
/// of its group when it is read. Null stands for what is not one.
record Elements(Curve curve, Bytes bytes) {
  /// @param at in bytes
  @Nullable G1 g1(int at) {
    return curve.g1(bytes.backingArray(), bytes.backingOffset() + at);
  }

  /// @param at in bytes
  @Nullable G2 g2(int at) {
    return curve.g2(bytes.backingArray(), bytes.backingOffset() + at);
  }
}
