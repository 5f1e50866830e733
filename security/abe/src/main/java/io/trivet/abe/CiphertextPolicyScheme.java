package io.trivet.abe;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.G1;
import io.trivet.abe.curve.G2;
import io.trivet.abe.curve.Gt;
import io.trivet.abe.curve.Scalar;
import io.trivet.base.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// FABEO with the policy in the ciphertext, in the paper's letters: H(u) is the hash of an attribute, B the
/// second base.
///
/// ```
/// key of S:         r           sk1[u] = H(u)^r      sk2 = g1^a B^r      sk3 = g2^r
/// for (M, rho):     s, v, s'    ct1 = g2^s    ct2[j] = g2^s'[j]    ct3[i] = B^(M_i (s, v)) H(rho(i))^s'[pi(i)]
///                   the blind is mpk^s
/// opening:          e(sk2, ct1)  prod_j e(prod_(pi(i)=j) sk1[rho(i)]^w_i, ct2[j])  e(prod_i ct3[i]^-w_i, sk3)
/// ```
///
/// A key is written `sk2 sk3 sk1...`, a ciphertext `ct1 ct2... ct3...`.
final class CiphertextPolicyScheme {
  private CiphertextPolicyScheme() {}

  /// @param attributes by element, in the order of the attributes
  record Key(Map<Atom, G1> attributes, G1 sk2, G2 sk3) implements SecretKey {
    @Override
    public void wipe() {
      attributes.values().forEach(G1::wipe);
      sk2.wipe();
      sk3.wipe();
    }

    @Override
    public byte[] encoded(Curve curve) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(curve.compressed(sk2));
      out.writeBytes(curve.compressed(sk3));
      attributes.values().forEach(e -> out.writeBytes(curve.compressed(e)));
      return out.toByteArray();
    }
  }

  /// @param r fresh for each key, wiped by whoever drew it
  static Key issue(Groups groups, Scalar master, SequencedSet<Atom> attributes, Scalar r) {
    Curve curve = groups.curve();
    Map<Atom, G1> sk1 = new LinkedHashMap<>();
    for (Atom u : attributes) {
      sk1.put(u, curve.times(groups.hash(u), r));
    }
    G1 sk2 = curve.plus(curve.timesGenerator(master), curve.timesSecondBase(r));
    return new Key(sk1, sk2, curve.timesGenerator2(r));
  }

  static int keyBytes(SequencedSet<Atom> attributes) {
    return G1.BYTES + G2.BYTES + G1.BYTES * attributes.size();
  }

  /// @return null where an element is not one
  static @Nullable Key read(Curve curve, SequencedSet<Atom> attributes, Bytes encoded) {
    Elements elements = new Elements(curve, encoded);
    G1 sk2 = elements.g1(0);
    G2 sk3 = elements.g2(G1.BYTES);
    if (sk2 == null || sk3 == null) {
      return null;
    }
    Map<Atom, G1> sk1 = new LinkedHashMap<>();
    int at = G1.BYTES + G2.BYTES;
    for (Atom u : attributes) {
      G1 element = elements.g1(at);
      if (element == null) {
        return null;
      }
      sk1.put(u, element);
      at += G1.BYTES;
    }
    return new Key(sk1, sk2, sk3);
  }

  /// How many scalars [#encrypt] takes: s and v, then s'.
  static int coins(SpanProgram program) {
    return program.columns() + program.occurrencesMax();
  }

  static Fabeo.Encrypted encrypt(Groups groups, Gt mpk, SpanProgram program, Scalar[] coins) {
    Curve curve = groups.curve();
    Scalar s = coins[0];
    int occurrences = program.occurrencesMax();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(curve.compressed(curve.timesGenerator2(s)));
    for (int j = 0; j < occurrences; j++) {
      out.writeBytes(curve.compressed(curve.timesGenerator2(coins[program.columns() + j])));
    }
    Scalar[] shares = program.shares(coins);
    for (int i = 0; i < program.rows(); i++) {
      Scalar own = coins[program.columns() + program.occurrence(i)];
      G1 share = curve.timesSecondBase(shares[i]);
      G1 cover = curve.times(groups.hash(program.owner(i)), own);
      out.writeBytes(curve.compressed(curve.plus(share, cover)));
      share.wipe();
      cover.wipe();
    }
    Scalar.wipe(shares);
    return new Fabeo.Encrypted(out.toByteArray(), curve.power(mpk, s));
  }

  /// @param weights of rows whose attributes the key has
  /// @return the blind of what was encrypted for the program, or null where an element is not one; of anything else
  ///     than an honest ciphertext, some 576 bytes
  static byte @Nullable [] open(
      Curve curve, Key key, SpanProgram program, SortedMap<Integer, Scalar> weights, Bytes ciphertext) {
    Elements elements = new Elements(curve, ciphertext);
    int occurrences = program.occurrencesMax();
    int rowsAt = G2.BYTES * (1 + occurrences);
    @Nullable G1[] byOccurrence = new G1[occurrences];
    G1 rows = null;
    for (Map.Entry<Integer, Scalar> e : weights.entrySet()) {
      int i = e.getKey();
      G1 row = elements.g1(rowsAt + G1.BYTES * i);
      G1 own = key.attributes.get(program.owner(i));
      if (row == null || own == null) {
        return null;
      }
      int j = program.occurrence(i);
      byOccurrence[j] = Fabeo.plus(curve, byOccurrence[j], Fabeo.weighted(curve, own, e.getValue()));
      rows = Fabeo.plus(curve, rows, Fabeo.weighted(curve, row, e.getValue()));
    }
    G2 ct1 = elements.g2(0);
    if (ct1 == null || rows == null) {
      return null;
    }
    List<G1> firsts = new ArrayList<>(List.of(key.sk2, curve.negated(rows)));
    List<G2> seconds = new ArrayList<>(List.of(ct1, key.sk3));
    for (int j = 0; j < occurrences; j++) {
      G1 sum = byOccurrence[j];
      if (sum != null) {
        G2 ct2 = elements.g2(G2.BYTES * (1 + j));
        if (ct2 == null) {
          return null;
        }
        firsts.add(sum);
        seconds.add(ct2);
      }
    }
    return curve.pairings(firsts, seconds);
  }
}
