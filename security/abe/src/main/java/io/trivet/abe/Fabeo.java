package io.trivet.abe;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.G1;
import io.trivet.abe.curve.Scalar;
import io.trivet.base.Randomness;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What both kinds of FABEO share (Riepel and Wee, *FABEO: Fast Attribute-Based Encryption with Optimal
/// Security*, CCS 2022, eprint 2022/1415, figure 1). The kinds are [CiphertextPolicyScheme] and
/// [KeyPolicyScheme].
///
/// Elements are written one after another without a length, since the scope says how many there are.
final class Fabeo {
  /// What encryption gives.
  ///
  /// @param elements to be sent
  /// @param blind 576 bytes of the target group that only a satisfying key can find again; the receiver's to wipe
  record Encrypted(byte[] elements, byte[] blind) {}

  private Fabeo() {}

  static Scalar[] random(int count, Randomness randomness) {
    byte[] wide = new byte[count * Scalar.WIDE_BYTES];
    randomness.fill(wide);
    return scalars(wide);
  }

  /// @param wide 48 uniform bytes for each scalar; overwritten
  static Scalar[] scalars(byte[] wide) {
    Scalar[] out = new Scalar[wide.length / Scalar.WIDE_BYTES];
    for (int i = 0; i < out.length; i++) {
      out[i] = Scalar.wide(wide, i * Scalar.WIDE_BYTES);
    }
    Arrays.fill(wide, (byte) 0);
    return out;
  }

  /// The sum of points, where null stands for none yet.
  static G1 plus(Curve curve, @Nullable G1 sum, G1 more) {
    return sum == null ? more : curve.plus(sum, more);
  }

  /// @param weight public
  static G1 weighted(Curve curve, G1 point, Scalar weight) {
    return weight.isOne() ? point : curve.times(point, weight);
  }
}
