package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/// Closes a master key into its file, and opens it again.
///
/// @param cost what a new passphrase's guessing is to cost, for a salt; what opens a file reads its cost there
record Seal(Function<Bytes, Protection.Passphrase> cost) {
  static final Seal USUAL = new Seal(Protection.Passphrase::usual);

  MasterFile close(Kind kind, Bytes authority, SecretBytes master, Guard guard, Randomness random)
      throws IOException {
    return switch (guard) {
      case Guard.Passphrase(SecretBytes passphrase) -> {
        byte[] salt = new byte[Protection.Passphrase.SALT_BYTES];
        random.fill(salt);
        Protection.Passphrase how = cost.apply(Bytes.wrap(salt));
        try (SecretBytes key = Argon.key(passphrase, how)) {
          yield MasterFile.seal(kind, authority, how, key, master, random);
        }
      }
      case Guard.Token token -> {
        byte[] drawn = new byte[MasterFile.DATA_KEY_BYTES];
        random.fill(drawn);
        try (SecretBytes key = SecretBytes.copyOf(drawn)) {
          yield MasterFile.seal(kind, authority, TokenKey.wrap(token, key, random), key, master, random);
        } finally {
          Arrays.fill(drawn, (byte) 0);
        }
      }
    };
  }

  static SecretBytes open(MasterFile file, Opener opener) throws IOException {
    return switch (file.protection()) {
      case Protection.Passphrase how -> {
        if (!(opener instanceof Opener.Passphrase(SecretBytes passphrase))) {
          throw new AuthorityException("the master key is guarded by a passphrase, not by a token");
        }
        try (SecretBytes key = Argon.key(passphrase, how)) {
          Optional<SecretBytes> master = file.open(key);
          yield master.orElseThrow(() -> new AuthorityException("the passphrase is wrong, or the file was changed"));
        }
      }
      case Protection.Token how -> {
        if (!(opener instanceof Opener.Pin(SecretBytes pin))) {
          throw new AuthorityException("the master key is guarded by a token, which wants its PIN");
        }
        try (SecretBytes key = TokenKey.unwrap(how, pin)) {
          yield file.open(key).orElseThrow(() -> new AuthorityException("the master key's file was changed"));
        }
      }
    };
  }
}
