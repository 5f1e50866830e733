package io.trivet.smqtt;

import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// A sender's key in a file that its owner alone reads: one line, `ed25519-seed:` and the 32 bytes of RFC 8032, section
/// 5.1.5, in hexadecimal, then the sender's name.
public final class SenderKeyFile {
  public static final int BYTES_MAX = 1_024;
  private static final String ALGORITHM = "ed25519-seed:";
  private static final int SEED_CHARS = SenderKey.SEED_BYTES * 2;
  private static final String RULE = "sender key";

  private SenderKeyFile() {}

  /// @param file wiped by the caller
  public static Parsed<SenderKey> parse(byte[] file) {
    byte[] seed = new byte[SenderKey.SEED_BYTES];
    try {
      String name = read(file, seed);
      if (name.isEmpty()) {
        return Parsed.invalid(RULE, "one line is wanted: '" + ALGORITHM + "', " + SEED_CHARS
            + " hexadecimal digits, and the sender's name");
      }
      try (SecretBytes s = SecretBytes.copyOf(seed)) {
        return Parsed.valid(SenderKey.of(name, s));
      } catch (IllegalArgumentException e) {
        return Parsed.invalid(RULE, String.valueOf(e.getMessage()));
      }
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /// @return the name; empty where the file is none
  private static String read(byte[] file, byte[] seed) {
    int from = ALGORITHM.length();
    int to = from + SEED_CHARS;
    if (file.length > BYTES_MAX || file.length <= to || file[to] != ' '
        || !new String(file, 0, from, StandardCharsets.US_ASCII).equals(ALGORITHM)) {
      return "";
    }
    for (int i = 0; i < seed.length; i++) {
      int high = Character.digit(file[from + 2 * i], 16);
      int low = Character.digit(file[from + 2 * i + 1], 16);
      if (high < 0 || low < 0) {
        return "";
      }
      seed[i] = (byte) (high << 4 | low);
    }
    String rest = new String(file, to + 1, file.length - to - 1, StandardCharsets.UTF_8).strip();
    return Sender.isName(rest) && rest.lines().count() == 1 ? rest : "";
  }

  /// @return to be wiped once it is written
  public static byte[] encoded(SenderKey key) {
    byte[] name = (" " + key.identity().name() + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[ALGORITHM.length() + SEED_CHARS + name.length];
    System.arraycopy(ALGORITHM.getBytes(StandardCharsets.US_ASCII), 0, out, 0, ALGORITHM.length());
    try (SecretBytes seed = key.seed()) {
      seed.expose(s -> {
        for (int i = 0; i < s.length; i++) {
          out[ALGORITHM.length() + 2 * i] = (byte) HexFormat.of().toHighHexDigit(s[i]);
          out[ALGORITHM.length() + 2 * i + 1] = (byte) HexFormat.of().toLowHexDigit(s[i]);
        }
        return s.length;
      });
    }
    System.arraycopy(name, 0, out, ALGORITHM.length() + SEED_CHARS, name.length);
    return out;
  }
}
