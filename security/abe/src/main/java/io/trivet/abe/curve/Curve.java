package io.trivet.abe.curve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The groups of BLS12-381 and their pairing. Points are written compressed (the form of the
/// pairing-friendly-curves draft, section C: 48 bytes in the first group, 96 in the second); an element of
/// the target group is written as its twelve coefficients over 1, w, w^2 ... w^5, each a pair of 48 bytes,
/// the most significant first.
///
/// The pairing is blst's: the cube of the one that the exponent (p^12 - 1) / r gives. It is as bilinear as
/// that, and what most libraries compute.
///
/// Scalars given to `times` may be secret. What each implementation lets a watcher of its time and caches
/// learn is said at its class.
public interface Curve {
  /// Domain of our hash to the first group (RFC 9380, section 3.1).
  String HASH_DOMAIN = "TRIVET-ABE-V01-CS01-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";

  /// What is hashed to have the scheme's second base, B. No attribute is hashed from these bytes.
  byte SECOND_BASE = 'B';

  String name();

  /// `BLS12381G1_XMD:SHA-256_SSWU_RO_` of RFC 9380, section 8.8.1, under our domain.
  G1 hash(byte[] input);

  /// The generator, `secret` times.
  G1 timesGenerator(Scalar secret);

  /// The second base, `secret` times.
  G1 timesSecondBase(Scalar secret);

  G1 times(G1 point, Scalar secret);

  G1 plus(G1 a, G1 b);

  G1 negated(G1 point);

  byte[] compressed(G1 point);

  /// Reads 48 bytes.
  ///
  /// @return null where they are no point of the group, not its one encoding, or the neutral point
  @Nullable G1 g1(byte[] from, int at);

  /// The generator of the second group, `secret` times.
  G2 timesGenerator2(Scalar secret);

  byte[] compressed(G2 point);

  /// Reads 96 bytes.
  ///
  /// @return null where they are no point of the group, not its one encoding, or the neutral point
  @Nullable G2 g2(byte[] from, int at);

  /// The product of the pairings of each point with its counterpart, with one final exponentiation.
  ///
  /// @return 576 bytes, the caller's to wipe
  byte[] pairings(List<G1> firsts, List<G2> seconds);

  /// The pairing of the generators.
  Gt generatorT();

  /// Reads 576 bytes.
  ///
  /// @return null where they are no element of order r, or not its one encoding
  @Nullable Gt gt(byte[] from, int at);

  /// @return 576 bytes, the caller's to wipe
  byte[] power(Gt base, Scalar secret);
}
