package io.trivet.abe;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.CborWriter;
import io.trivet.abe.curve.G1;
import io.trivet.abe.curve.G2;
import java.util.Optional;

/// What [Encapsulator#encapsulate] makes and anyone may look at: whose key opens it, but for the elements of
/// the groups, which only [Decapsulator#decapsulate] checks.
public final class Ciphertext {
  public static final int BYTES_MAX = Format.CIPHERTEXT.bytesMax();

  /// The last item: what the key is derived from, masked.
  static final int SEED_BYTES = 32;

  private final Kind kind;
  private final Bytes authority;
  private final Scope scope;
  private final Bytes elements;
  private final Bytes maskedSeed;

  Ciphertext(Kind kind, Bytes authority, Scope scope, Bytes elements, Bytes maskedSeed) {
    this.kind = kind;
    this.authority = authority;
    this.scope = scope;
    this.elements = elements;
    this.maskedSeed = maskedSeed;
  }

  /// Who can open a ciphertext.
  ///
  /// @param authority [PublicKey#id()] of whose keys they are
  /// @param scope in canonical form: a policy, or under [Kind#KEY_POLICY] attributes
  public record Addressed(Kind kind, Bytes authority, String scope) {}

  /// Reads what a ciphertext says of itself, without a key and in a fraction of a millisecond. Everything is
  /// checked but the group elements: format, limits, that the scope is in canonical form, and that there are
  /// as many elements as it asks for.
  public static Parsed<Addressed> scopeOf(byte[] ciphertext) {
    return read(ciphertext).map(c -> new Addressed(c.kind, c.authority, c.scope.text()));
  }

  static Parsed<Ciphertext> read(byte[] encoded) {
    return switch (Format.CIPHERTEXT.read(encoded)) {
      case Parsed.Invalid<Format.Fields> i -> i.cast();
      case Parsed.Valid<Format.Fields>(Format.Fields fields) -> of(fields);
    };
  }

  private static Parsed<Ciphertext> of(Format.Fields fields) {
    Optional<Bytes> authority = fields.bytes(0, PublicKey.ID_BYTES);
    Optional<String> text = fields.text(1);
    Optional<Bytes> elements = fields.bytes(2);
    Optional<Bytes> masked = fields.bytes(3, SEED_BYTES);
    if (authority.isEmpty() || text.isEmpty() || elements.isEmpty() || masked.isEmpty()) {
      return Format.CIPHERTEXT.broken("an item of another type or length");
    }
    return switch (Scope.canonical(Scope.ofCiphertext(fields.kind(), text.get()), text.get())) {
      case Parsed.Invalid<Scope> i -> i.cast();
      case Parsed.Valid<Scope>(Scope scope) when elements.get().length() != elementBytes(scope) ->
          Format.CIPHERTEXT.broken(
              elements.get().length() + " bytes of elements, where its scope asks for " + elementBytes(scope));
      case Parsed.Valid<Scope>(Scope scope) ->
          Parsed.valid(new Ciphertext(fields.kind(), authority.get(), scope, elements.get(), masked.get()));
    };
  }

  private static int elementBytes(Scope scope) {
    return switch (scope) {
      case Scope.Rule(Policy policy) ->
          G2.BYTES * (1 + policy.occurrencesMax()) + G1.BYTES * policy.rows();
      case Scope.Labels(Attributes attributes) -> G2.BYTES + G1.BYTES * attributes.atoms().size();
    };
  }

  Kind kind() {
    return kind;
  }

  Bytes authority() {
    return authority;
  }

  Scope scope() {
    return scope;
  }

  Bytes elements() {
    return elements;
  }

  Bytes maskedSeed() {
    return maskedSeed;
  }

  byte[] encoded() {
    CborWriter out = Format.CIPHERTEXT.begin(kind);
    return out.bytes(authority).text(scope.text()).bytes(elements).bytes(maskedSeed).bytes().toArray();
  }
}
