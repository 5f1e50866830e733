package io.trivet.abe;

import io.trivet.abe.curve.Scalar;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/// The authority's secret, from which readers' keys are issued. Whoever has it reads everything. Close it to
/// wipe it; afterwards nothing but [#kind()] and [#publicKey()] works ([IllegalStateException]).
public final class MasterKey implements AutoCloseable {
  private final Kind kind;
  private final SecretBytes secret;
  private final PublicKey publicKey;
  private final Groups groups;

  private MasterKey(Kind kind, Scalar secret, Groups groups) {
    byte[] bytes = secret.bigEndian();
    this.kind = kind;
    this.secret = SecretBytes.copyOf(bytes);
    this.groups = groups;
    this.publicKey = PublicKey.of(kind, groups.curve().power(groups.curve().generatorT(), secret), groups);
    Arrays.fill(bytes, (byte) 0);
  }

  /// @param randomness 48 bytes are drawn
  public static MasterKey generate(Kind kind, Randomness randomness) {
    return generate(kind, randomness, Groups.chosen());
  }

  static MasterKey generate(Kind kind, Randomness randomness, Groups groups) {
    Scalar[] drawn = Fabeo.random(1, randomness);
    MasterKey key = new MasterKey(kind, drawn[0], groups);
    Scalar.wipe(drawn);
    return key;
  }

  public Kind kind() {
    return kind;
  }

  public PublicKey publicKey() {
    return publicKey;
  }

  /// A key for a reader.
  ///
  /// @param scope attributes between commas such as `role:nurse, ward:7, level=3`, or under [Kind#KEY_POLICY] a policy
  /// @param randomness 48 bytes are drawn for each scalar of the key
  public Parsed<ReaderKey> issue(String scope, Randomness randomness) {
    return Scope.ofKey(kind, scope).map(s -> new ReaderKey(publicKey, s, elements(s, randomness)));
  }

  private SecretKey elements(Scope scope, Randomness randomness) {
    Scalar master = secret.expose(bytes -> Scalar.canonical(bytes, 0));
    try {
      return switch (scope) {
        case Scope.Labels(Attributes attributes) -> {
          Scalar[] r = Fabeo.random(1, randomness);
          SecretKey key = CiphertextPolicyScheme.issue(groups, master, attributes.atoms(), r[0]);
          Scalar.wipe(r);
          yield key;
        }
        case Scope.Rule(Policy policy) -> {
          Scalar[] coins = Fabeo.random(KeyPolicyScheme.coins(policy.program()), randomness);
          SecretKey key = KeyPolicyScheme.issue(groups, master, policy.program(), coins);
          Scalar.wipe(coins);
          yield key;
        }
      };
    } finally {
      Scalar.wipe(master);
    }
  }

  /// The secret, unprotected; the caller's to encrypt and to wipe.
  public byte[] encoded() {
    return secret.expose(bytes -> Format.endingIn(Format.MASTER_KEY.begin(kind), bytes));
  }

  /// @param encoded from [#encoded()]; the caller's to wipe
  public static Parsed<MasterKey> decode(byte[] encoded) {
    return decode(encoded, Groups.chosen());
  }

  static Parsed<MasterKey> decode(byte[] encoded, Groups groups) {
    return switch (Format.MASTER_KEY.read(encoded)) {
      case Parsed.Invalid<Format.Fields> i -> i.cast();
      case Parsed.Valid<Format.Fields>(Format.Fields fields) -> {
        Optional<Bytes> secret = fields.bytes(0, Scalar.BYTES);
        if (secret.isEmpty()) {
          yield Format.MASTER_KEY.broken("a secret of another type or length");
        }
        byte[] bytes = secret.get().backingArray();
        int at = secret.get().backingOffset();
        if (!Scalar.isCanonical(bytes, at)) {
          yield Format.MASTER_KEY.broken("its secret is not below the order of the groups");
        }
        Scalar scalar = Scalar.canonical(bytes, at);
        if (scalar.isZero()) {
          yield Format.MASTER_KEY.broken("its secret is zero");
        }
        MasterKey key = new MasterKey(fields.kind(), scalar, groups);
        Scalar.wipe(scalar);
        yield Parsed.valid(key);
      }
    };
  }

  @Override
  public void close() {
    secret.close();
  }

  @Override
  public String toString() {
    return "MasterKey[redacted, " + publicKey.id() + "]";
  }
}
