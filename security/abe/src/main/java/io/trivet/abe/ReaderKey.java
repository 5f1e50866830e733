package io.trivet.abe;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// A reader's key, issued by [MasterKey#issue]. Closing waits for what is being decapsulated, then wipes the
/// elements; afterwards nothing that needs them works ([IllegalStateException]).
public final class ReaderKey implements Decapsulator {
  private final PublicKey authority;
  private final Scope scope;
  private final SecretKey elements;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  ReaderKey(PublicKey authority, Scope scope, SecretKey elements) {
    this.authority = authority;
    this.scope = scope;
    this.elements = elements;
  }

  /// Every element is checked, so reading a key takes as long as decapsulating with it, or longer.
  ///
  /// @param encoded from [#encoded()]; the caller's to wipe
  /// @param authority that issued the key: of another one it is refused
  public static Parsed<ReaderKey> decode(byte[] encoded, PublicKey authority) {
    return switch (Format.READER_KEY.read(encoded)) {
      case Parsed.Invalid<Format.Fields> i -> i.cast();
      case Parsed.Valid<Format.Fields>(Format.Fields fields) -> of(fields, authority);
    };
  }

  private static Parsed<ReaderKey> of(Format.Fields fields, PublicKey authority) {
    Optional<Bytes> id = fields.bytes(0, PublicKey.ID_BYTES);
    Optional<String> text = fields.text(1);
    Optional<Bytes> elements = fields.bytes(2);
    if (id.isEmpty() || text.isEmpty() || elements.isEmpty()) {
      return Format.READER_KEY.broken("an item of another type or length");
    }
    if (!id.get().equals(authority.id()) || fields.kind() != authority.kind()) {
      return Format.READER_KEY.broken("of another authority");
    }
    return switch (Scope.canonical(Scope.ofKey(fields.kind(), text.get()), text.get())) {
      case Parsed.Invalid<Scope> i -> i.cast();
      case Parsed.Valid<Scope>(Scope scope) -> {
        SecretKey key = read(authority, scope, elements.get());
        yield key == null
            ? Format.READER_KEY.broken("elements not of the groups, or not as many as its scope asks for")
            : Parsed.valid(new ReaderKey(authority, scope, key));
      }
    };
  }

  private static @Nullable SecretKey read(PublicKey authority, Scope scope, Bytes elements) {
    return switch (scope) {
      case Scope.Labels(Attributes a) ->
          elements.length() == CiphertextPolicyScheme.keyBytes(a.atoms())
              ? CiphertextPolicyScheme.read(authority.groups().curve(), a.atoms(), elements)
              : null;
      case Scope.Rule(Policy p) ->
          elements.length() == KeyPolicyScheme.keyBytes(p)
              ? KeyPolicyScheme.read(authority.groups().curve(), p.program(), elements)
              : null;
    };
  }

  @Override
  public Kind kind() {
    return authority.kind();
  }

  /// The attributes or, under [Kind#KEY_POLICY], the policy in canonical form.
  public String scope() {
    return scope.text();
  }

  /// [PublicKey#id()] of who issued it.
  public Bytes authority() {
    return authority.id();
  }

  /// The key, unprotected; the caller's to encrypt and to wipe.
  public byte[] encoded() {
    lock.readLock().lock();
    try {
      checkOpen();
      byte[] bytes = elements.encoded(authority.groups().curve());
      byte[] out =
          Format.endingIn(Format.READER_KEY.begin(kind()).bytes(authority.id()).text(scope.text()), bytes);
      Arrays.fill(bytes, (byte) 0);
      return out;
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public Decapsulated decapsulate(byte[] ciphertext, byte[] context) {
    return switch (Ciphertext.read(ciphertext)) {
      case Parsed.Invalid<Ciphertext>(String _, String what) -> new Decapsulated.Refused(what);
      case Parsed.Valid<Ciphertext>(Ciphertext c) when c.kind() != kind() || !c.authority().equals(authority.id()) ->
          new Decapsulated.Refused("of another authority: " + c.authority());
      case Parsed.Valid<Ciphertext>(Ciphertext c) -> {
        lock.readLock().lock();
        try {
          checkOpen();
          yield Kem.decapsulate(authority, elements, c, ciphertext, context);
        } finally {
          lock.readLock().unlock();
        }
      }
    };
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the key was closed");
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      elements.wipe();
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public String toString() {
    return "ReaderKey[redacted, " + scope.text() + "]";
  }
}
