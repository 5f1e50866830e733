package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Password hashing by Argon2id (RFC 9106), kept in the PHC string format:
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
public final class Passwords {
  /// 19 MiB, two passes, one lane: about 20 ms of one core.
  private static final int MEMORY_KIB = 19_456;

  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int MEMORY_KIB_MAX = 1 << 20;

  public static final int BYTES_MAX = 1_024;

  private static final Pattern PHC = Pattern.compile(
      "\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,3}),p=(\\d{1,3})\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

  private Passwords() {}

  /// @throws IllegalArgumentException for an empty password or one longer than [#BYTES_MAX]
  public static String hash(SecretBytes password, Randomness randomness) {
    if (password.length() == 0 || password.length() > BYTES_MAX) {
      throw new IllegalArgumentException("a password of " + password.length() + " bytes: give 1 to " + BYTES_MAX);
    }
    byte[] salt = new byte[SALT_BYTES];
    randomness.fill(salt);
    Hash h = new Hash(MEMORY_KIB, PASSES, LANES, Bytes.wrap(salt), Bytes.EMPTY);
    return phc(salt, argon2(h, password, HASH_BYTES));
  }

  /// A hash that no password has, and that takes as long to check as any; made without hashing, which costs a starting
  /// server most of a second.
  static String decoy(Randomness randomness) {
    byte[] salt = new byte[SALT_BYTES];
    byte[] hash = new byte[HASH_BYTES];
    randomness.fill(salt);
    randomness.fill(hash);
    return phc(salt, hash);
  }

  private static String phc(byte[] salt, byte[] hash) {
    Base64.Encoder b64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + PASSES + ",p=" + LANES + "$" + b64.encodeToString(salt) + "$"
        + b64.encodeToString(hash);
  }

  private record Hash(int memoryKib, int passes, int lanes, Bytes salt, Bytes hash) {}

  private static byte[] argon2(Hash h, SecretBytes password, int bytes) {
    Argon2BytesGenerator g = new Argon2BytesGenerator();
    g.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
        .withMemoryAsKB(h.memoryKib)
        .withIterations(h.passes)
        .withParallelism(h.lanes)
        .withSalt(h.salt.toArray())
        .build());
    byte[] out = new byte[bytes];
    password.expose(secret -> g.generateBytes(secret, out));
    return out;
  }

  /// Checks the form and the cost, so that a file cannot ask for more memory than a server has.
  public static Parsed<String> check(String phc) {
    return parse(phc).map(_ -> phc);
  }

  private static Parsed<Hash> parse(String phc) {
    Matcher m = PHC.matcher(phc);
    if (!m.matches()) {
      return Parsed.invalid("argon2", "no Argon2id hash of version 19 in the PHC format");
    }
    int memory = Integer.parseInt(m.group(1));
    int passes = Integer.parseInt(m.group(2));
    int lanes = Integer.parseInt(m.group(3));
    if (memory < 8 * lanes || memory > MEMORY_KIB_MAX || passes < 1 || passes > 16 || lanes < 1 || lanes > 16) {
      return Parsed.invalid("argon2", "m=" + memory + ",t=" + passes + ",p=" + lanes
          + ": at most 1 GiB, 16 passes and 16 lanes are taken");
    }
    try {
      return Parsed.valid(new Hash(memory, passes, lanes, Bytes.wrap(Base64.getDecoder().decode(m.group(4))),
          Bytes.wrap(Base64.getDecoder().decode(m.group(5)))));
    } catch (IllegalArgumentException e) {
      return Parsed.invalid("argon2", "the salt or the hash is no base64");
    }
  }

  /// Takes as long for a wrong password as for the right one.
  ///
  /// @throws IllegalArgumentException when `phc` is no hash
  public static boolean matches(SecretBytes password, String phc) {
    Hash h = parse(phc).orThrow();
    byte[] made = argon2(h, password, h.hash.length());
    return java.security.MessageDigest.isEqual(made, h.hash.toArray());
  }
}
