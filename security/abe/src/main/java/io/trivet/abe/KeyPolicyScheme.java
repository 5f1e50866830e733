package io.trivet.abe;

import io.trivet.abe.curve.Curve;
import io.trivet.abe.curve.G1;
import io.trivet.abe.curve.G2;
import io.trivet.abe.curve.Gt;
import io.trivet.abe.curve.Scalar;
import io.trivet.base.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// FABEO with the policy in the key:
///
/// ```
/// key of (M, rho):  r, v     sk1[j] = g2^r[j]     sk2[i] = g1^(M_i (a, v)) H(rho(i))^r[pi(i)]
/// for S:            s        ct2 = g2^s    ct1[u] = H(u)^s         the blind is mpk^s
/// opening:          e(prod_i sk2[i]^w_i, ct2)  prod_j e(prod_(pi(i)=j) ct1[rho(i)]^-w_i, sk1[j])
/// ```
///
/// A key is written `sk1... sk2...`, a ciphertext `ct2 ct1...`, with the attributes in their canonical order.
final class KeyPolicyScheme {
  private KeyPolicyScheme() {}

  record Key(SpanProgram program, List<G2> sk1, List<G1> sk2) implements SecretKey {
    @Override
    public void wipe() {
      sk1.forEach(G2::wipe);
      sk2.forEach(G1::wipe);
    }

    @Override
    public byte[] encoded(Curve curve) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      sk1.forEach(e -> out.writeBytes(curve.compressed(e)));
      sk2.forEach(e -> out.writeBytes(curve.compressed(e)));
      return out.toByteArray();
    }
  }

  /// How many scalars [#issue] takes: v, then r.
  static int coins(SpanProgram program) {
    return program.columns() - 1 + program.occurrencesMax();
  }

  /// @param coins fresh for each key, wiped by whoever drew them
  static Key issue(Groups groups, Scalar master, SpanProgram program, Scalar[] coins) {
    Curve curve = groups.curve();
    int columns = program.columns();
    Scalar[] vector = new Scalar[columns];
    vector[0] = master;
    System.arraycopy(coins, 0, vector, 1, columns - 1);
    List<G2> sk1 = new ArrayList<>();
    for (int j = 0; j < program.occurrencesMax(); j++) {
      sk1.add(curve.timesGenerator2(coins[columns - 1 + j]));
    }
    Scalar[] shares = program.shares(vector);
    List<G1> sk2 = new ArrayList<>();
    for (int i = 0; i < program.rows(); i++) {
      Scalar r = coins[columns - 1 + program.occurrence(i)];
      G1 share = curve.timesGenerator(shares[i]);
      G1 cover = curve.times(groups.hash(program.owner(i)), r);
      sk2.add(curve.plus(share, cover));
      share.wipe();
      cover.wipe();
    }
    Scalar.wipe(shares);
    return new Key(program, sk1, sk2);
  }

  static int keyBytes(Policy policy) {
    return G2.BYTES * policy.occurrencesMax() + G1.BYTES * policy.rows();
  }

  /// @return null where an element is not one
  static @Nullable Key read(Curve curve, SpanProgram program, Bytes encoded) {
    Elements elements = new Elements(curve, encoded);
    int occurrences = program.occurrencesMax();
    List<G2> sk1 = new ArrayList<>();
    for (int j = 0; j < occurrences; j++) {
      G2 element = elements.g2(G2.BYTES * j);
      if (element == null) {
        return null;
      }
      sk1.add(element);
    }
    List<G1> sk2 = new ArrayList<>();
    for (int i = 0; i < program.rows(); i++) {
      G1 element = elements.g1(G2.BYTES * occurrences + G1.BYTES * i);
      if (element == null) {
        return null;
      }
      sk2.add(element);
    }
    return new Key(program, sk1, sk2);
  }

  static Fabeo.Encrypted encrypt(Groups groups, Gt mpk, SequencedSet<Atom> attributes, Scalar s) {
    Curve curve = groups.curve();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(curve.compressed(curve.timesGenerator2(s)));
    for (Atom u : attributes) {
      out.writeBytes(curve.compressed(curve.times(groups.hash(u), s)));
    }
    return new Fabeo.Encrypted(out.toByteArray(), curve.power(mpk, s));
  }

  /// @param weights of rows whose attributes the ciphertext has
  /// @return the blind of what was encrypted for the attributes, or null where an element is not one; of anything else
  ///     than an honest ciphertext, some 576 bytes
  static byte @Nullable [] open(
      Curve curve, Key key, SequencedSet<Atom> attributes, SortedMap<Integer, Scalar> weights, Bytes ciphertext) {
    Elements elements = new Elements(curve, ciphertext);
    Map<Atom, Integer> places = new HashMap<>();
    for (Atom u : attributes) {
      places.put(u, G2.BYTES + G1.BYTES * places.size());
    }
    SpanProgram program = key.program;
    @Nullable G1[] byOccurrence = new G1[program.occurrencesMax()];
    G1 rows = null;
    for (Map.Entry<Integer, Scalar> e : weights.entrySet()) {
      int i = e.getKey();
      Integer place = places.get(program.owner(i));
      G1 sent = place == null ? null : elements.g1(place);
      if (sent == null) {
        return null;
      }
      int j = program.occurrence(i);
      byOccurrence[j] = Fabeo.plus(curve, byOccurrence[j], Fabeo.weighted(curve, sent, e.getValue()));
      rows = Fabeo.plus(curve, rows, Fabeo.weighted(curve, key.sk2.get(i), e.getValue()));
    }
    G2 ct2 = elements.g2(0);
    if (ct2 == null || rows == null) {
      return null;
    }
    List<G1> firsts = new ArrayList<>(List.of(rows));
    List<G2> seconds = new ArrayList<>(List.of(ct2));
    for (int j = 0; j < byOccurrence.length; j++) {
      G1 sum = byOccurrence[j];
      if (sum != null) {
        firsts.add(curve.negated(sum));
        seconds.add(key.sk1.get(j));
      }
    }
    return curve.pairings(firsts, seconds);
  }
}
