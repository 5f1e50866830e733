package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.trivet.abe.curve.Scalar;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every format comes back as it went, and only as it went.
class FormatTest {
  private static final byte[] CONTEXT = {1};

  private static String reason(Parsed<?> read) {
    return switch (read) {
      case Parsed.Valid<?> v -> fail("read as " + v.value());
      case Parsed.Invalid<?>(String rule, String what) -> rule + ": " + what;
    };
  }

  private static byte[] cbor(Cbor... items) {
    return Cbor.array(items).encoded().toArray();
  }

  private static Cbor zeros(int length) {
    return Cbor.of(Bytes.wrap(new byte[length]));
  }

  @ParameterizedTest
  @EnumSource
  void keysComeBackAsTheyWent(Kind kind) {
    try (MasterKey master = KemTest.authority(kind, Backends.BLST, 111);
        MasterKey again = MasterKey.decode(master.encoded(), Backends.BLST).orThrow();
        ReaderKey reader =
            master.issue(KemTest.held(kind, "B and a or A", "b,  a, level=7"), new Counted(112)).orThrow();
        ReaderKey readerAgain = ReaderKey.decode(reader.encoded(), again.publicKey()).orThrow()) {
      PublicKey publicAgain = PublicKey.decode(master.publicKey().encoded(), Backends.BLST).orThrow();
      assertThat(again.encoded()).isEqualTo(master.encoded());
      assertThat(again.kind()).isEqualTo(kind);
      assertThat(again.publicKey()).isEqualTo(master.publicKey()).hasSameHashCodeAs(master.publicKey());
      assertThat(publicAgain).isEqualTo(master.publicKey());
      assertThat(publicAgain.id()).isEqualTo(master.publicKey().id());
      assertThat(publicAgain.id().length()).isEqualTo(16);
      assertThat(readerAgain.encoded()).isEqualTo(reader.encoded());
      assertThat(readerAgain.scope()).isEqualTo(KemTest.held(kind, "(B and a) or A", "a, b, level=7"));
      assertThat(readerAgain.authority()).isEqualTo(master.publicKey().id());
      Encapsulation e = publicAgain.encapsulate(KemTest.sent(kind, "a and b", "a, B"), CONTEXT).orThrow();
      assertThat(KemTest.opens(readerAgain, e, CONTEXT)).isTrue();
      assertThat(Ciphertext.scopeOf(e.ciphertext()))
          .isEqualTo(Parsed.valid(
              new Ciphertext.Addressed(kind, publicAgain.id(), KemTest.sent(kind, "a and b", "B, a"))));
    }
  }

  @Test
  void keysOfBothKindsHaveDifferentIds() {
    try (MasterKey cp = KemTest.authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 113);
        MasterKey kp = KemTest.authority(Kind.KEY_POLICY, Backends.BLST, 113)) {
      assertThat(cp.publicKey().id()).isNotEqualTo(kp.publicKey().id());
      assertThat(cp.publicKey()).isNotEqualTo(kp.publicKey());
    }
  }

  @Test
  void refusesMasterKeysThatAreNone() {
    byte[] order = new byte[Scalar.BYTES];
    byte[] r = Scalar.ORDER.toByteArray();
    System.arraycopy(r, 0, order, order.length - r.length, r.length);
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(1), Cbor.of(1), Cbor.of(1), zeros(32)))))
        .isEqualTo("abe-format: no master key: its secret is zero");
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(1), Cbor.of(1), Cbor.of(1), Cbor.of(Bytes.wrap(order))))))
        .isEqualTo("abe-format: no master key: its secret is not below the order of the groups");
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(1), Cbor.of(1), Cbor.of(1), zeros(31)))))
        .isEqualTo("abe-format: no master key: a secret of another type or length");
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(1), Cbor.of(2), Cbor.of(1), zeros(32)))))
        .isEqualTo("abe-format: no master key: not of version 1");
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(1), Cbor.of(1), Cbor.of(3), zeros(32)))))
        .isEqualTo("abe-format: no master key: of no known kind");
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(2), Cbor.of(1), Cbor.of(1), zeros(32)))))
        .isEqualTo("abe-format: no master key: something else");
    assertThat(reason(MasterKey.decode(cbor(Cbor.of(1), Cbor.of(1), Cbor.of(1)))))
        .isEqualTo("abe-format: no master key: 3 items, where 4 must be");
    assertThat(reason(MasterKey.decode(new byte[65]))).isEqualTo("abe-format: no master key: 65 bytes, where 64 may be");
    assertThat(reason(MasterKey.decode(new byte[0]))).isEqualTo("abe-format: no master key: no item");
    assertThat(reason(MasterKey.decode(new byte[] {0}))).isEqualTo("abe-format: no master key: not an array");
  }

  @Test
  void refusesPublicKeysThatAreNone() {
    assertThat(reason(PublicKey.decode(cbor(Cbor.of(2), Cbor.of(1), Cbor.of(1), zeros(576)))))
        .isEqualTo("abe-format: no public key: its element is not of the group");
    assertThat(reason(PublicKey.decode(cbor(Cbor.of(2), Cbor.of(1), Cbor.of(1), Cbor.of("x")))))
        .isEqualTo("abe-format: no public key: an element of another type or length");
  }

  @Test
  void refusesOtherFormsOfTheSame() {
    try (MasterKey master = KemTest.authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 114);
        ReaderKey key = master.issue("a, b", new Counted(115)).orThrow()) {
      byte[] longer = key.encoded();
      byte[] indefinite = Arrays.copyOf(longer, longer.length + 1);
      indefinite[0] = (byte) 0x9F;
      indefinite[longer.length] = (byte) 0xFF;
      assertThat(reason(ReaderKey.decode(indefinite, master.publicKey())))
          .isEqualTo("abe-format: no reader key: an indefinite length");
      Bytes id = master.publicKey().id();
      assertThat(reason(ReaderKey.decode(reader(id, "b, a", 240), master.publicKey())))
          .isEqualTo("scope: a policy or attributes not in canonical form");
      assertThat(reason(ReaderKey.decode(reader(id, "a, b", 239), master.publicKey())))
          .isEqualTo("abe-format: no reader key: elements not of the groups, or not as many as its scope asks for");
      assertThat(reason(ReaderKey.decode(reader(id, "a, b", 240), master.publicKey())))
          .isEqualTo("abe-format: no reader key: elements not of the groups, or not as many as its scope asks for");
    }
  }

  private static byte[] reader(Bytes id, String scope, int elements) {
    return cbor(Cbor.of(3), Cbor.of(1), Cbor.of(1), Cbor.of(id), Cbor.of(scope), zeros(elements));
  }

  private static byte[] sealed(String scope, int elements) {
    return cbor(Cbor.of(4), Cbor.of(1), Cbor.of(1), zeros(16), Cbor.of(scope), zeros(elements), zeros(32));
  }

  /// What a broker asks of a ciphertext without a key.
  @Test
  void structureIsCheckedWithoutAKey() {
    assertThat(Ciphertext.scopeOf(sealed("a and b", 288)))
        .isEqualTo(Parsed.valid(
            new Ciphertext.Addressed(Kind.CIPHERTEXT_POLICY, Bytes.wrap(new byte[16]), "a and b")));
    assertThat(reason(Ciphertext.scopeOf(sealed("a and b", 287))))
        .isEqualTo("abe-format: no ciphertext: 287 bytes of elements, where its scope asks for 288");
    assertThat(reason(Ciphertext.scopeOf(sealed("a  and b", 288))))
        .isEqualTo("scope: a policy or attributes not in canonical form");
    assertThat(reason(Ciphertext.scopeOf(sealed("a and", 288)))).startsWith("policy: at character 6:");
    assertThat(reason(Ciphertext.scopeOf(new byte[Ciphertext.BYTES_MAX + 1])))
        .isEqualTo("abe-format: no ciphertext: 16385 bytes, where 16384 may be");
  }

  /// Thousands of leaves, deep nesting, repeated attributes: refused before a pairing, and fast, or within
  /// the limits.
  @Test
  void hostileHeadersCostLittle() {
    try (MasterKey master = KemTest.authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 116);
        ReaderKey key = master.issue("a", new Counted(117)).orThrow()) {
      byte[][] hostile = {
        sealed("a" + " or a".repeat(2_000), 288),
        sealed("a" + " or a".repeat(800), 288),
        sealed("(".repeat(4_000) + "a", 288),
        sealed("2 of (".repeat(600) + "a", 288),
        sealed("a" + " and level <= 4294967294".repeat(150), 288),
        sealed("x".repeat(16_000), 288),
        sealed("\"" + "\\\"".repeat(2_000), 288),
        sealed("63 of (a" + ", a".repeat(63) + ")", 288),
        cbor(deep(5)),
        cbor(Cbor.of(4), Cbor.of(1), Cbor.of(1), zeros(16), Cbor.of("a"), zeros(16_000), zeros(32)),
      };
      for (byte[] h : hostile) {
        assertThat(key.decapsulate(h, CONTEXT)).isInstanceOf(Decapsulated.Refused.class);
      }
      assertTimeout(
          Duration.ofSeconds(5),
          () -> {
            for (int i = 0; i < 100; i++) {
              for (byte[] h : hostile) {
                key.decapsulate(h, CONTEXT);
              }
            }
          });
    }
  }

  private static Cbor deep(int levels) {
    return levels == 0 ? Cbor.of(4) : Cbor.array(deep(levels - 1));
  }

  /// The largest that the limits let through still goes both ways.
  @ParameterizedTest
  @EnumSource
  void largestScopesGoBothWays(Kind kind) {
    String policy = "a" + " or a".repeat(Policy.LEAVES_MAX - 1);
    String attributes = "a=4294967295, b=4294967295";
    try (MasterKey master = KemTest.authority(kind, Backends.BLST, 118);
        ReaderKey largest = master.issue(KemTest.held(kind, policy, attributes), new Counted(119)).orThrow();
        ReaderKey again = ReaderKey.decode(largest.encoded(), master.publicKey()).orThrow();
        ReaderKey opens = master.issue(KemTest.held(kind, "b >= 7", "a"), new Counted(120)).orThrow()) {
      assertThat(again.scope()).isEqualTo(largest.scope());
      Encapsulation e = master.publicKey().encapsulate(KemTest.sent(kind, policy, attributes), CONTEXT).orThrow();
      assertThat(e.ciphertext().length).isLessThan(Ciphertext.BYTES_MAX);
      assertThat(KemTest.opens(opens, e, CONTEXT)).isTrue();
    }
  }
}
