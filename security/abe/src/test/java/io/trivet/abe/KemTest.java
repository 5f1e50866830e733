package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Both kinds on both implementations: who satisfies opens, nobody else does, and nothing altered opens at
/// all.
class KemTest {
  private static final byte[] CONTEXT = "a context".getBytes(StandardCharsets.UTF_8);
  private static final String POLICY = "ward:7 and (role:nurse or role:doctor) and level >= 3";
  private static final String SATISFYING = "ward:7, role:nurse, level=12";

  static MasterKey authority(Kind kind, Groups groups, long seed) {
    return MasterKey.generate(kind, new Counted(seed), groups);
  }

  /// The side of a ciphertext.
  static String sent(Kind kind, String policy, String attributes) {
    return kind == Kind.CIPHERTEXT_POLICY ? policy : attributes;
  }

  /// The side of a key.
  static String held(Kind kind, String policy, String attributes) {
    return kind == Kind.CIPHERTEXT_POLICY ? attributes : policy;
  }

  static boolean opens(ReaderKey key, Encapsulation e, byte[] context) {
    return switch (key.decapsulate(e.ciphertext(), context)) {
      case Decapsulated.Opened(byte[] secret) -> {
        assertThat(secret).isEqualTo(e.secret()).hasSize(Encapsulator.SECRET_BYTES);
        yield true;
      }
      case Decapsulated.NotForThisKey _ -> false;
      case Decapsulated.Refused(String what) -> throw new AssertionError(what);
    };
  }

  @ParameterizedTest
  @MethodSource("io.trivet.abe.Backends#kinds")
  void opensForWhoeverSatisfiesThePolicyAndNobodyElse(Kind kind, Groups groups) {
    Random random = new Random(51);
    int opened = 0;
    int tried = 0;
    try (MasterKey authority = authority(kind, groups, 52)) {
      PublicKey sender = authority.publicKey().withRandomness(new Counted(53));
      int rounds = Backends.rounds(groups, 120, 6);
      while (tried < rounds) {
        RandomPolicy made = RandomPolicy.of(random, 2);
        RandomPolicy.Holder holder = RandomPolicy.holder(random);
        if (holder.isEmpty() || Policy.misreading(made.text()).isPresent()) {
          continue;
        }
        String scope = sent(kind, made.text(), holder.text());
        try (ReaderKey key = authority.issue(held(kind, made.text(), holder.text()), new Counted(tried)).orThrow()) {
          boolean expected = made.truth().test(holder);
          Encapsulation e = sender.encapsulate(scope, CONTEXT).orThrow();
          assertThat(opens(key, e, CONTEXT)).as(made.text() + " by " + holder).isEqualTo(expected);
          opened += expected ? 1 : 0;
          tried++;
        }
      }
    }
    assertThat(opened).isBetween(1, tried - 1);
  }

  @ParameterizedTest
  @MethodSource("io.trivet.abe.Backends#kinds")
  void refusesAnotherContextAndAnotherAuthority(Kind kind, Groups groups) {
    try (MasterKey authority = authority(kind, groups, 54);
        MasterKey other = authority(kind, groups, 55);
        ReaderKey key = authority.issue(held(kind, POLICY, SATISFYING), new Counted(56)).orThrow();
        ReaderKey others = other.issue(held(kind, POLICY, SATISFYING), new Counted(57)).orThrow()) {
      Encapsulation e = authority.publicKey().encapsulate(sent(kind, POLICY, SATISFYING), CONTEXT).orThrow();
      assertThat(opens(key, e, CONTEXT)).isTrue();
      assertThat(key.decapsulate(e.ciphertext(), "a context.".getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(new Decapsulated.Refused("altered, or made for another context"));
      assertThat(key.decapsulate(e.ciphertext(), new byte[0])).isInstanceOf(Decapsulated.Refused.class);
      assertThat(others.decapsulate(e.ciphertext(), CONTEXT))
          .isEqualTo(new Decapsulated.Refused("of another authority: " + authority.publicKey().id()));
      assertThat(ReaderKey.decode(key.encoded(), other.publicKey()))
          .isEqualTo(Parsed.invalid("abe-format", "no reader key: of another authority"));
    }
  }

  /// A key whose elements are another authority's, under this one's name.
  @ParameterizedTest
  @MethodSource("io.trivet.abe.Backends#kinds")
  void openingNeedsElementsOfTheAuthority(Kind kind, Groups groups) {
    try (MasterKey authority = authority(kind, groups, 58);
        MasterKey other = authority(kind, groups, 59);
        ReaderKey others = other.issue(held(kind, POLICY, SATISFYING), new Counted(60)).orThrow()) {
      byte[] encoded = others.encoded();
      byte[] id = authority.publicKey().id().toArray();
      System.arraycopy(id, 0, encoded, 5, id.length);
      try (ReaderKey forged = ReaderKey.decode(encoded, authority.publicKey()).orThrow()) {
        Encapsulation e = authority.publicKey().encapsulate(sent(kind, POLICY, SATISFYING), CONTEXT).orThrow();
        assertThat(forged.decapsulate(e.ciphertext(), CONTEXT)).isInstanceOf(Decapsulated.Refused.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.trivet.abe.Backends#kinds")
  void refusesACiphertextWithAnyByteAltered(Kind kind, Groups groups) {
    try (MasterKey authority = authority(kind, groups, 61);
        ReaderKey key = authority.issue(held(kind, "a and (b or c)", "a, b, c"), new Counted(62)).orThrow()) {
      Encapsulation e = authority.publicKey().encapsulate(sent(kind, "a and (b or c)", "a, b, c"), CONTEXT).orThrow();
      int step = groups == Backends.JAVA ? 29 : 1;
      for (int at = 0; at < e.ciphertext().length; at += step) {
        for (int bit : new int[] {1, 0x80}) {
          byte[] altered = e.ciphertext().clone();
          altered[at] ^= (byte) bit;
          assertThat(key.decapsulate(altered, CONTEXT))
              .as("bit " + bit + " of byte " + at)
              .isNotInstanceOf(Decapsulated.Opened.class);
        }
      }
      assertThat(key.decapsulate(Arrays.copyOf(e.ciphertext(), e.ciphertext().length - 1), CONTEXT))
          .isInstanceOf(Decapsulated.Refused.class);
      assertThat(key.decapsulate(Arrays.copyOf(e.ciphertext(), e.ciphertext().length + 1), CONTEXT))
          .isInstanceOf(Decapsulated.Refused.class);
      assertThat(key.decapsulate(new byte[0], CONTEXT)).isInstanceOf(Decapsulated.Refused.class);
    }
  }

  /// Whether a row is used or not, altering it gives the same answer: the answer tells nothing of the key.
  @Test
  void saysTheSameOfRowsThatAreUsedAndRowsThatAreNot() {
    try (MasterKey authority = authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 63);
        ReaderKey key = authority.issue("a", new Counted(64)).orThrow()) {
      Encapsulation e = authority.publicKey().encapsulate("a or b", CONTEXT).orThrow();
      int rowB = e.ciphertext().length - 34 - 24; // in the middle of the last row, before the masked seed and its head
      for (int at : new int[] {rowB, rowB - 48}) {
        byte[] altered = e.ciphertext().clone();
        altered[at] ^= 4;
        assertThat(key.decapsulate(altered, CONTEXT))
            .isEqualTo(new Decapsulated.Refused("altered, or made for another context"));
      }
    }
  }

  @Test
  void bothImplementationsGiveTheSameBytes() {
    for (Kind kind : Kind.values()) {
      try (MasterKey a = authority(kind, Backends.BLST, 65);
          MasterKey b = authority(kind, Backends.JAVA, 65)) {
        assertThat(a.encoded()).isEqualTo(b.encoded());
        assertThat(a.publicKey().encoded()).isEqualTo(b.publicKey().encoded());
        String policy = "2 of (a, b and c, level <= 5) or (a and a)";
        String attributes = "a, b, level=4";
        try (ReaderKey ka = a.issue(held(kind, policy, attributes), new Counted(66)).orThrow();
            ReaderKey kb = b.issue(held(kind, policy, attributes), new Counted(66)).orThrow()) {
          assertThat(ka.encoded()).isEqualTo(kb.encoded());
          String scope = sent(kind, policy, attributes);
          Encapsulation ea = a.publicKey().withRandomness(new Counted(67)).encapsulate(scope, CONTEXT).orThrow();
          Encapsulation eb = b.publicKey().withRandomness(new Counted(67)).encapsulate(scope, CONTEXT).orThrow();
          assertThat(ea.ciphertext()).isEqualTo(eb.ciphertext());
          assertThat(ea.secret()).isEqualTo(eb.secret());
          assertThat(opens(ka, eb, CONTEXT)).isTrue();
          assertThat(opens(kb, ea, CONTEXT)).isTrue();
        }
      }
    }
  }

  @Test
  void secretsDifferEachTimeWithoutASeed() {
    try (MasterKey authority = authority(Kind.KEY_POLICY, Backends.BLST, 68)) {
      Encapsulation first = authority.publicKey().encapsulate("a", CONTEXT).orThrow();
      Encapsulation second = authority.publicKey().encapsulate("a", CONTEXT).orThrow();
      assertThat(first.secret()).isNotEqualTo(second.secret());
      assertThat(first.ciphertext()).isNotEqualTo(second.ciphertext());
    }
  }

  @Test
  void saysWhyAScopeCannotBeRead() {
    try (MasterKey cp = authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 69);
        MasterKey kp = authority(Kind.KEY_POLICY, Backends.BLST, 70)) {
      assertThat(cp.publicKey().encapsulate("a and", CONTEXT))
          .isEqualTo(Parsed.invalid("policy", "at character 6: expected a name, a number or '(', found the end"));
      assertThat(cp.issue("a and b", new Counted(0)))
          .isEqualTo(Parsed.invalid("attributes", "at character 3: expected ',' between attributes, found 'and'"));
      assertThat(kp.publicKey().encapsulate("a and b", CONTEXT)).isInstanceOf(Parsed.Invalid.class);
      assertThat(kp.issue("a, b", new Counted(0))).isInstanceOf(Parsed.Invalid.class);
    }
  }

  @Test
  void closedKeysAreOfNoUse() {
    MasterKey authority = authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 71);
    ReaderKey key = authority.issue("a", new Counted(72)).orThrow();
    Encapsulation e = authority.publicKey().encapsulate("a", CONTEXT).orThrow();
    authority.close();
    key.close();
    key.close();
    assertThatThrownBy(authority::encoded).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> authority.issue("a", new Counted(73))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(key::encoded).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> key.decapsulate(e.ciphertext(), CONTEXT)).isInstanceOf(IllegalStateException.class);
    assertThat(authority.toString()).contains("redacted");
    assertThat(key.toString()).contains("redacted");
  }

  @Test
  void oneInstanceServesManyThreads() throws Exception {
    try (MasterKey authority = authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 74);
        ReaderKey key = authority.issue(SATISFYING, new Counted(75)).orThrow();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<Boolean> once = () -> opens(key, authority.publicKey().encapsulate(POLICY, CONTEXT).orThrow(), CONTEXT);
      for (Future<Boolean> f : threads.invokeAll(IntStream.range(0, 60).mapToObj(_ -> once).toList())) {
        assertThat(f.get()).isTrue();
      }
    }
  }

  /// Whoever decapsulates meanwhile gets the secret or is told that the key is closed, never that the
  /// sender's ciphertext is bad.
  @Test
  void closingWaitsForWhatIsBeingOpened() throws Exception {
    try (MasterKey authority = authority(Kind.KEY_POLICY, Backends.BLST, 76);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Encapsulation e = authority.publicKey().encapsulate("a", CONTEXT).orThrow();
      int interrupted = 0;
      for (int i = 0; i < 20; i++) {
        ReaderKey key = authority.issue("a", new Counted(i)).orThrow();
        Callable<Boolean> untilClosed = () -> {
          try {
            while (opens(key, e, CONTEXT)) {
              Thread.onSpinWait();
            }
            return false;
          } catch (IllegalStateException closed) {
            return true;
          }
        };
        Future<Boolean> opening = threads.submit(untilClosed);
        Thread.sleep(5);
        key.close();
        interrupted += opening.get() ? 1 : 0;
      }
      assertThat(interrupted).isEqualTo(20);
    }
  }
}
