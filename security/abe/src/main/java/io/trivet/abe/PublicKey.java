package io.trivet.abe;

import io.trivet.abe.curve.Curves;
import io.trivet.abe.curve.Gt;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An authority's public parameters: what senders need to encapsulate and readers to decapsulate. Its
/// randomness comes from a `SecureRandom` unless [#withRandomness(Randomness)] gives another source.
public final class PublicKey implements Encapsulator {
  public static final int ID_BYTES = 16;

  private static final class Defaults {
    static final SecureRandom SECURE = new SecureRandom();
    static final Randomness RANDOMNESS = SECURE::nextBytes;
  }

  private final Kind kind;
  private final byte[] encoded;
  private final byte[] digest;
  private final Gt element;
  private final Groups groups;
  private final Randomness randomness;

  private PublicKey(Kind kind, byte[] encoded, Gt element, Groups groups, Randomness randomness) {
    this.kind = kind;
    this.encoded = encoded;
    this.digest = Digests.of(encoded);
    this.element = element;
    this.groups = groups;
    this.randomness = randomness;
  }

  /// @param element 576 bytes
  static PublicKey of(Kind kind, byte[] element, Groups groups) {
    Gt mpk = groups.curve().gt(element, 0);
    if (mpk == null) {
      throw new AssertionError("a power of the generator that is no element of the group");
    }
    byte[] encoded = Format.PUBLIC_KEY.begin(kind).bytes(Bytes.wrap(element)).bytes().toArray();
    return new PublicKey(kind, encoded, mpk, groups, Defaults.RANDOMNESS);
  }

  /// @param encoded from [#encoded()]; anything else is refused
  public static Parsed<PublicKey> decode(byte[] encoded) {
    return decode(encoded, Groups.chosen());
  }

  static Parsed<PublicKey> decode(byte[] encoded, Groups groups) {
    return switch (Format.PUBLIC_KEY.read(encoded)) {
      case Parsed.Invalid<Format.Fields> i -> i.cast();
      case Parsed.Valid<Format.Fields>(Format.Fields fields) -> {
        Optional<Bytes> element = fields.bytes(0, Gt.BYTES);
        if (element.isEmpty()) {
          yield Format.PUBLIC_KEY.broken("an element of another type or length");
        }
        Gt mpk = groups.curve().gt(element.get().toArray(), 0);
        yield mpk == null
            ? Format.PUBLIC_KEY.broken("its element is not of the group")
            : Parsed.valid(new PublicKey(fields.kind(), encoded.clone(), mpk, groups, Defaults.RANDOMNESS));
      }
    };
  }

  /// Which implementation of the groups this process has, and why, in a line: the native one or the slow one
  /// in Java.
  public static String arithmetic() {
    return Curves.explained();
  }

  /// The same parameters, drawing from another source: in tests and simulations a seeded one.
  public PublicKey withRandomness(Randomness source) {
    return new PublicKey(kind, encoded, element, groups, source);
  }

  @Override
  public Kind kind() {
    return kind;
  }

  /// About 590 bytes.
  public byte[] encoded() {
    return encoded.clone();
  }

  /// The authority's name in keys and ciphertexts: the first 16 bytes of the encoding's SHA-256.
  public Bytes id() {
    return Bytes.copyOf(digest, 0, ID_BYTES);
  }

  /// All 32 bytes of it.
  byte[] digest() {
    return digest;
  }

  Gt element() {
    return element;
  }

  Groups groups() {
    return groups;
  }

  @Override
  public Parsed<Encapsulation> encapsulate(String scope, byte[] context) {
    return Scope.ofCiphertext(kind, scope).map(s -> {
      byte[] seed = new byte[Ciphertext.SEED_BYTES];
      randomness.fill(seed);
      Encapsulation made = Kem.encapsulate(this, s, seed, context);
      Arrays.fill(seed, (byte) 0);
      return made;
    });
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof PublicKey k && Arrays.equals(digest, k.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  @Override
  public String toString() {
    return "PublicKey[" + kind + ", " + id() + "]";
  }
}
