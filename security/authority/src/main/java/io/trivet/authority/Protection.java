package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import java.util.List;

/// What keeps the master key at rest: how the key that encrypts its file is had again. No secret stands here.
sealed interface Protection {
  /// Argon2id (RFC 9106).
  ///
  /// @param memoryKib how much memory a guess costs
  record Passphrase(Bytes salt, int memoryKib, int passes, int lanes) implements Protection {
    static final int SALT_BYTES = 16;
    private static final int MEMORY_KIB_MAX = 1 << 20;

    /// A file can neither ask for more than a machine has, nor be made to ask for so little that guessing is free.
    public Passphrase {
      if (salt.length() != SALT_BYTES || memoryKib < 8 * lanes || memoryKib > MEMORY_KIB_MAX || passes < 1
          || passes > 16 || lanes < 1 || lanes > 16) {
        throw new IllegalArgumentException("Argon2id with " + memoryKib + " KiB, " + passes + " passes, " + lanes
            + " lanes: at most 1 GiB, 16 passes and 16 lanes are taken");
      }
    }

    /// The second choice of RFC 9106, section 4: 64 MiB, three passes, four lanes.
    static Passphrase usual(Bytes salt) {
      return new Passphrase(salt, 64 << 10, 3, 4);
    }
  }

  /// A key of a PKCS#11 token.
  ///
  /// @param library the token's module
  /// @param slot which of its slots
  /// @param label of the key in the token
  /// @param wrapped the data key, as the token encrypted it
  record Token(String library, long slot, String label, KeyType type, Bytes wrapped) implements Protection {
    static final int WRAPPED_BYTES_MAX = 2_048;
    static final int TEXT_MAX = 1_024;

    enum KeyType {
      AES,
      RSA
    }

    /// @throws IllegalArgumentException for what would add lines to the provider's configuration
    public Token {
      if (library.isEmpty() || library.length() > TEXT_MAX || library.chars().anyMatch(c -> c < ' ' || c == '"')) {
        throw new IllegalArgumentException("the token's library: give its path, without quotes or control characters");
      }
      if (label.isEmpty() || label.length() > TEXT_MAX) {
        throw new IllegalArgumentException("the label of the token's key: give 1 to " + TEXT_MAX + " characters");
      }
      if (slot < 0) {
        throw new IllegalArgumentException("slot " + slot + ": give a number from 0");
      }
    }
  }

  static Cbor toCbor(Protection p) {
    return switch (p) {
      case Passphrase(Bytes salt, int memoryKib, int passes, int lanes) ->
          Cbor.array(Cbor.of(1), Cbor.of(salt), Cbor.of(memoryKib), Cbor.of(passes), Cbor.of(lanes));
      case Token(String library, long slot, String label, Token.KeyType type, Bytes wrapped) ->
          Cbor.array(Cbor.of(2), Cbor.of(library), Cbor.of(slot), Cbor.of(label),
              Cbor.of(type == Token.KeyType.AES ? 1 : 2), Cbor.of(wrapped));
    };
  }

  static Protection of(Cbor item) throws Fields.Misfit {
    String where = "protection";
    List<Cbor> i = Fields.array(item, where, 5, 6);
    long kind = Fields.number(i.getFirst(), where, 1, 2);
    if (kind == 1 && i.size() == 5) {
      return new Passphrase(
          Fields.bytes(i.get(1), where, Passphrase.SALT_BYTES, Passphrase.SALT_BYTES),
          (int) Fields.number(i.get(2), where, 1, Integer.MAX_VALUE),
          (int) Fields.number(i.get(3), where, 1, 16),
          (int) Fields.number(i.get(4), where, 1, 16));
    }
    if (kind == 2 && i.size() == 6) {
      return new Token(
          Fields.text(i.get(1), where, Token.TEXT_MAX),
          Fields.number(i.get(2), where, 0, Long.MAX_VALUE),
          Fields.text(i.get(3), where, Token.TEXT_MAX),
          Fields.number(i.get(4), where, 1, 2) == 1 ? Token.KeyType.AES : Token.KeyType.RSA,
          Fields.bytes(i.get(5), where, 1, Token.WRAPPED_BYTES_MAX));
    }
    throw new Fields.Misfit("protection: a passphrase's (1) or a token's (2) is wanted");
  }
}
