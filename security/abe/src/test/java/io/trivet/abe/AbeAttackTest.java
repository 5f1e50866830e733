package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What attackers compute with the elements they have, past everything that the interface checks. Each test
/// shows first that the attack works on the faulty scheme it was found in, so that it cannot be the test that
/// fails.
class AbeAttackTest {
  private static final Groups GROUPS = Backends.BLST;
  private static final Curve CURVE = GROUPS.curve();

  private final Scalar master = Fabeo.random(1, new Counted(81))[0];
  private final Gt mpk = read(CURVE.power(CURVE.generatorT(), master));

  private static Gt read(byte[] element) {
    Gt gt = CURVE.gt(element, 0);
    if (gt == null) {
      throw new AssertionError("not an element");
    }
    return gt;
  }

  private static SpanProgram program(String policy) {
    return Policy.parse(policy).orThrow().program();
  }

  private static SequencedSet<Atom> atoms(String attributes) {
    return Attributes.parse(attributes).orThrow().atoms();
  }

  private CiphertextPolicyScheme.Key key(String attributes, long seed) {
    return CiphertextPolicyScheme.issue(GROUPS, master, atoms(attributes), Fabeo.random(1, new Counted(seed))[0]);
  }

  private static SortedMap<Integer, Scalar> ones(int... rows) {
    SortedMap<Integer, Scalar> weights = new TreeMap<>();
    for (int row : rows) {
      weights.put(row, Scalar.ONE);
    }
    return weights;
  }

  private static byte[] opened(
      CiphertextPolicyScheme.Key key, SpanProgram p, SortedMap<Integer, Scalar> weights, byte[] ciphertext) {
    byte[] blind = CiphertextPolicyScheme.open(CURVE, key, p, weights, Bytes.wrap(ciphertext));
    if (blind == null) {
      throw new AssertionError("an element that is none");
    }
    return blind;
  }

  /// A ciphertext with shares and randomness as the caller says, right or wrong.
  ///
  /// @param own randomness of each row
  private static byte[] ciphertext(SpanProgram p, Scalar s, Scalar[] shares, Scalar[] own) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(CURVE.compressed(CURVE.timesGenerator2(s)));
    for (int j = 0; j < p.occurrencesMax(); j++) {
      out.writeBytes(CURVE.compressed(CURVE.timesGenerator2(own[j])));
    }
    for (int i = 0; i < p.rows(); i++) {
      out.writeBytes(CURVE.compressed(row(p, i, shares[i], own[p.occurrence(i)])));
    }
    return out.toByteArray();
  }

  private static G1 row(SpanProgram p, int i, Scalar share, Scalar own) {
    return CURVE.plus(CURVE.timesSecondBase(share), CURVE.times(GROUPS.hash(p.owner(i)), own));
  }

  /// CIRCL's CP-ABE gave one side of an `and` the whole share and the other zero (found and mended in 2026):
  /// a key the interface refused opened by plain arithmetic.
  @Test
  void halfOfAnAndDoesNotOpen() {
    SpanProgram p = program("a and b");
    CiphertextPolicyScheme.Key half = key("a", 82);
    Scalar[] coins = Fabeo.random(3, new Counted(83));
    byte[] secret = CURVE.power(mpk, coins[0]);

    byte[] faulty = ciphertext(p, coins[0], new Scalar[] {coins[0], Scalar.ZERO}, new Scalar[] {coins[2]});
    assertThat(opened(half, p, ones(0), faulty)).isEqualTo(secret);

    Fabeo.Encrypted right = CiphertextPolicyScheme.encrypt(GROUPS, mpk, p, coins);
    assertThat(right.blind()).isEqualTo(secret);
    assertThat(opened(half, p, ones(0), right.elements())).isNotEqualTo(secret);
    assertThat(opened(key("b", 84), p, ones(1), right.elements())).isNotEqualTo(secret);
    assertThat(opened(key("a, b", 85), p, ones(0, 1), right.elements())).isEqualTo(secret);
  }

  /// With one randomness for all rows, the difference of two rows of an attribute is the difference of their
  /// shares, bare: why an attribute was used once only in earlier schemes, and what a public implementation
  /// of this one does.
  ///
  /// Rows: x gets s, x gets s + v, a gets s + v, b gets -v. Whoever holds a alone must not open.
  @Test
  void twoRowsOfAnAttributeGiveNothingAway() {
    SpanProgram p = program("x or ((x or a) and b)");
    assertThat(p.weights(atoms("a"))).isEmpty();
    CiphertextPolicyScheme.Key key = key("a", 86);
    Scalar[] vector = Fabeo.random(p.columns(), new Counted(87));
    Scalar[] own = Fabeo.random(p.occurrencesMax(), new Counted(88));
    Scalar[] shares = p.shares(vector);
    byte[] secret = CURVE.power(mpk, vector[0]);
    assertThat(reused(key, p, vector[0], shares, new Scalar[] {own[0], own[0]})).isEqualTo(secret);
    assertThat(reused(key, p, vector[0], shares, own)).isNotEqualTo(secret);
  }

  /// The attacker's arithmetic, from public elements and his key only.
  private static byte[] reused(
      CiphertextPolicyScheme.Key key, SpanProgram p, Scalar s, Scalar[] shares, Scalar[] own) {
    G1 first = row(p, 0, shares[0], own[p.occurrence(0)]);
    G1 second = row(p, 1, shares[1], own[p.occurrence(1)]);
    G1 ofA = row(p, 2, shares[2], own[p.occurrence(2)]);
    G1 difference = CURVE.plus(second, CURVE.negated(first)); // B^v, where the randomness is the same
    G1 share = CURVE.plus(ofA, CURVE.negated(difference)); // B^s H(a)^s'
    G1 ownA = key.attributes().get(p.owner(2));
    if (ownA == null) {
      throw new AssertionError("no element of a");
    }
    return CURVE.pairings(
        List.of(key.sk2(), ownA, CURVE.negated(share)),
        List.of(CURVE.timesGenerator2(s), CURVE.timesGenerator2(own[p.occurrence(2)]), key.sk3()));
  }

  @Test
  void twoKeysTogetherOpenNoMoreThanEachAlone() {
    SpanProgram p = program("a and b");
    CiphertextPolicyScheme.Key first = key("a, x", 89);
    CiphertextPolicyScheme.Key second = key("b, y", 90);
    Fabeo.Encrypted e = CiphertextPolicyScheme.encrypt(GROUPS, mpk, p, Fabeo.random(3, new Counted(91)));
    Map<Atom, G1> pooled = new LinkedHashMap<>(first.attributes());
    pooled.putAll(second.attributes());
    int tried = 0;
    for (G1 sk2 : List.of(first.sk2(), second.sk2(), CURVE.plus(first.sk2(), second.sk2()))) {
      for (G2 sk3 : List.of(first.sk3(), second.sk3())) {
        CiphertextPolicyScheme.Key mixed = new CiphertextPolicyScheme.Key(pooled, sk2, sk3);
        assertThat(opened(mixed, p, ones(0, 1), e.elements())).isNotEqualTo(e.blind());
        tried++;
      }
    }
    assertThat(tried).isEqualTo(6);
    assertThat(opened(key("a, b", 92), p, ones(0, 1), e.elements())).isEqualTo(e.blind());
  }

  /// As if keys were drawn without randomness of their own, which is what binds their parts together.
  @Test
  void twoKeysOfTheSameRandomnessWouldOpenTogether() {
    SpanProgram p = program("a and b");
    CiphertextPolicyScheme.Key first = key("a", 93);
    CiphertextPolicyScheme.Key second = key("b", 93);
    Fabeo.Encrypted e = CiphertextPolicyScheme.encrypt(GROUPS, mpk, p, Fabeo.random(3, new Counted(94)));
    Map<Atom, G1> pooled = new LinkedHashMap<>(first.attributes());
    pooled.putAll(second.attributes());
    CiphertextPolicyScheme.Key mixed = new CiphertextPolicyScheme.Key(pooled, first.sk2(), second.sk3());
    assertThat(opened(mixed, p, ones(0, 1), e.elements())).isEqualTo(e.blind());
  }

  @Test
  void twoPolicyKeysTogetherOpenNoMoreThanEachAlone() {
    SpanProgram p = program("a and b");
    KeyPolicyScheme.Key first = policyKey("a and x", 95);
    KeyPolicyScheme.Key second = policyKey("y and b", 96);
    SequencedSet<Atom> sent = atoms("a, b");
    Fabeo.Encrypted e = KeyPolicyScheme.encrypt(GROUPS, mpk, sent, Fabeo.random(1, new Counted(97))[0]);
    for (G2 sk1 : List.of(first.sk1().getFirst(), second.sk1().getFirst())) {
      KeyPolicyScheme.Key mixed =
          new KeyPolicyScheme.Key(p, List.of(sk1), List.of(first.sk2().get(0), second.sk2().get(1)));
      assertThat(KeyPolicyScheme.open(CURVE, mixed, sent, ones(0, 1), Bytes.wrap(e.elements())))
          .isNotNull()
          .isNotEqualTo(e.blind());
    }
    assertThat(KeyPolicyScheme.open(CURVE, policyKey("a and b", 98), sent, ones(0, 1), Bytes.wrap(e.elements())))
        .isEqualTo(e.blind());
    assertThat(KeyPolicyScheme.open(CURVE, policyKey("a and b", 99), sent, ones(0), Bytes.wrap(e.elements())))
        .isNotEqualTo(e.blind());
  }

  private KeyPolicyScheme.Key policyKey(String policy, long seed) {
    SpanProgram p = program(policy);
    return KeyPolicyScheme.issue(GROUPS, master, p, Fabeo.random(KeyPolicyScheme.coins(p), new Counted(seed)));
  }

  /// Over policies at random: where a set does not satisfy, no weights at all take its rows to the secret,
  /// even those that come nearest. What stays beyond the span is random to the attacker.
  @Test
  void unsatisfyingKeysFailWhateverWeightsAreTried() {
    for (String text : List.of("2 of (a, b, c)", "a and (b or c) and d", "3 of (a, b and c, d, e)")) {
      SpanProgram p = program(text);
      Fabeo.Encrypted e =
          CiphertextPolicyScheme.encrypt(GROUPS, mpk, p, Fabeo.random(CiphertextPolicyScheme.coins(p), new Counted(100)));
      CiphertextPolicyScheme.Key key = key("a", 101);
      List<SortedMap<Integer, Scalar>> tries = new ArrayList<>(List.of(ones(0)));
      for (long w = 2; w < 6; w++) {
        SortedMap<Integer, Scalar> weights = new TreeMap<>();
        weights.put(0, Scalar.of(w));
        tries.add(weights);
        weights = new TreeMap<>();
        weights.put(0, Scalar.of(w).inverted());
        tries.add(weights);
      }
      for (SortedMap<Integer, Scalar> weights : tries) {
        assertThat(opened(key, p, weights, e.elements())).isNotEqualTo(e.blind());
      }
    }
  }
}
