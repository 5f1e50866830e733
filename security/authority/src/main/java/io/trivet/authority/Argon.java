package io.trivet.authority;

import io.trivet.base.SecretBytes;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// The key that a passphrase stands for.
final class Argon {
  private Argon() {}

  static SecretBytes key(SecretBytes passphrase, Protection.Passphrase how) {
    Argon2BytesGenerator g = new Argon2BytesGenerator();
    g.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
        .withMemoryAsKB(how.memoryKib())
        .withIterations(how.passes())
        .withParallelism(how.lanes())
        .withSalt(how.salt().toArray())
        .build());
    byte[] key = new byte[MasterFile.DATA_KEY_BYTES];
    try {
      passphrase.expose(p -> g.generateBytes(p, key));
      return SecretBytes.copyOf(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
