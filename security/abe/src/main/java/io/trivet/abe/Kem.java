package io.trivet.abe;

import io.trivet.abe.curve.Scalar;
import io.trivet.base.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// A key encapsulation that withstands chosen ciphertexts, made of FABEO, which withstands chosen plaintexts,
/// by the transform of Fujisaki and Okamoto (Hofheinz, Hövelmanns and Kiltz, eprint 2017/604, with explicit
/// rejection). In `|` bytes are joined, `parts` is [Digests#ofParts]:
///
/// ```
/// m        32 random bytes
/// cx       = SHA-256(parts("trivet-abe-v1", SHA-256(public key), kind, scope, context))
/// prk      = HKDF-Extract("trivet-abe-v1 seed", m)
/// coins    = HKDF-Expand(prk, "coins" | cx, 48 for each scalar)
/// elements, blind = FABEO's encryption with these coins
/// masked   = m xor HKDF-Expand(HKDF-Extract("trivet-abe-v1 blind", blind), "mask" | cx, 32)
/// secret   = HKDF-Expand(prk, "secret" | cx | SHA-256(ciphertext), 32)
/// ```
///
/// Whoever decapsulates finds m, encapsulates it again and compares all bytes. So a ciphertext that opens at
/// all is the one its sender made, whichever rows were used to open it, and the context is bound without
/// being sent.
final class Kem {
  private static final byte[] LABEL = ascii("trivet-abe-v1");
  private static final byte[] SEED_SALT = ascii("trivet-abe-v1 seed");
  private static final byte[] BLIND_SALT = ascii("trivet-abe-v1 blind");
  private static final byte[] COINS = ascii("coins");
  private static final byte[] MASK = ascii("mask");
  private static final byte[] SECRET = ascii("secret");

  /// One text for all that fails after the structure was found good: what it was tells an attacker which rows
  /// were used.
  private static final String ALTERED = "altered, or made for another context";

  private Kem() {}

  private static byte[] ascii(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }

  static Encapsulation encapsulate(PublicKey to, Scope scope, byte[] seed, byte[] context) {
    byte[] bound = bound(to, scope, context);
    byte[] prk = Hkdf.extract(SEED_SALT, seed);
    Fabeo.Encrypted encrypted = encrypt(to, scope, prk, bound);
    byte[] masked = masked(seed, encrypted.blind(), bound);
    Arrays.fill(encrypted.blind(), (byte) 0);
    byte[] ciphertext =
        new Ciphertext(to.kind(), to.id(), scope, Bytes.wrap(encrypted.elements()), Bytes.wrap(masked)).encoded();
    byte[] secret = Hkdf.expand(prk, joined(SECRET, bound, Digests.of(ciphertext)), Encapsulator.SECRET_BYTES);
    Arrays.fill(prk, (byte) 0);
    return new Encapsulation(secret, ciphertext);
  }

  /// @param encoded what `read` was read from
  static Decapsulated decapsulate(PublicKey from, SecretKey key, Ciphertext read, byte[] encoded, byte[] context) {
    Scope scope = read.scope();
    SortedMap<Integer, Scalar> weights = weights(key, scope);
    if (weights == null) {
      return new Decapsulated.NotForThisKey();
    }
    byte[] blind = open(from, key, scope, weights, read.elements());
    if (blind == null) {
      return new Decapsulated.Refused(ALTERED);
    }
    byte[] seed = masked(read.maskedSeed().toArray(), blind, bound(from, scope, context));
    Arrays.fill(blind, (byte) 0);
    Encapsulation again = encapsulate(from, scope, seed, context);
    Arrays.fill(seed, (byte) 0);
    if (!MessageDigest.isEqual(again.ciphertext(), encoded)) {
      Arrays.fill(again.secret(), (byte) 0);
      return new Decapsulated.Refused(ALTERED);
    }
    return new Decapsulated.Opened(again.secret());
  }

  private static byte[] bound(PublicKey key, Scope scope, byte[] context) {
    byte[] kind = {(byte) Format.codeOf(key.kind())};
    byte[] text = scope.text().getBytes(StandardCharsets.UTF_8);
    return Digests.ofParts(LABEL, key.digest(), kind, text, context);
  }

  private static Fabeo.Encrypted encrypt(PublicKey to, Scope scope, byte[] prk, byte[] bound) {
    return switch (scope) {
      case Scope.Rule(Policy policy) -> {
        SpanProgram program = policy.program();
        Scalar[] coins = coins(prk, bound, CiphertextPolicyScheme.coins(program));
        Fabeo.Encrypted e = CiphertextPolicyScheme.encrypt(to.groups(), to.element(), program, coins);
        Scalar.wipe(coins);
        yield e;
      }
      case Scope.Labels(Attributes attributes) -> {
        Scalar[] coins = coins(prk, bound, 1);
        Fabeo.Encrypted e = KeyPolicyScheme.encrypt(to.groups(), to.element(), attributes.atoms(), coins[0]);
        Scalar.wipe(coins);
        yield e;
      }
    };
  }

  private static Scalar[] coins(byte[] prk, byte[] bound, int count) {
    return Fabeo.scalars(Hkdf.expand(prk, joined(COINS, bound), count * Scalar.WIDE_BYTES));
  }

  private static byte[] masked(byte[] seed, byte[] blind, byte[] bound) {
    byte[] prk = Hkdf.extract(BLIND_SALT, blind);
    byte[] mask = Hkdf.expand(prk, joined(MASK, bound), seed.length);
    for (int i = 0; i < mask.length; i++) {
      mask[i] ^= seed[i];
    }
    Arrays.fill(prk, (byte) 0);
    return mask;
  }

  private static @Nullable SortedMap<Integer, Scalar> weights(SecretKey key, Scope scope) {
    return switch (key) {
      case CiphertextPolicyScheme.Key cp when scope instanceof Scope.Rule(Policy policy) ->
          policy.program().weights(cp.attributes().keySet()).orElse(null);
      case KeyPolicyScheme.Key kp when scope instanceof Scope.Labels(Attributes attributes) ->
          kp.program().weights(attributes.atoms()).orElse(null);
      case SecretKey _ -> throw new AssertionError("a key and a ciphertext of two kinds");
    };
  }

  private static byte @Nullable [] open(
      PublicKey from, SecretKey key, Scope scope, SortedMap<Integer, Scalar> weights, Bytes elements) {
    return switch (key) {
      case CiphertextPolicyScheme.Key cp when scope instanceof Scope.Rule(Policy policy) ->
          CiphertextPolicyScheme.open(from.groups().curve(), cp, policy.program(), weights, elements);
      case KeyPolicyScheme.Key kp when scope instanceof Scope.Labels(Attributes attributes) ->
          KeyPolicyScheme.open(from.groups().curve(), kp, attributes.atoms(), weights, elements);
      case SecretKey _ -> throw new AssertionError("a key and a ciphertext of two kinds");
    };
  }

  private static byte[] joined(byte[]... parts) {
    int length = 0;
    for (byte[] p : parts) {
      length += p.length;
    }
    byte[] out = new byte[length];
    int at = 0;
    for (byte[] p : parts) {
      System.arraycopy(p, 0, out, at, p.length);
      at += p.length;
    }
    return out;
  }
}
