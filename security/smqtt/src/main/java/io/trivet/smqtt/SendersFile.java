package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The directory of known senders as a text file, for readers and brokers alike: on each line a key and whose it is,
///
/// ```
/// ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a pump-1
/// ```
///
/// with empty lines, and comments after `#` at the beginning of a line. A sender may have several keys, while it goes
/// from one to the next.
public final class SendersFile {
  static final int BYTES_MAX = 16 << 20;
  static final int SENDERS_MAX = 100_000;
  private static final String ALGORITHM = "ed25519:";
  private static final int KEY_CHARS = Sender.PUBLIC_KEY_BYTES * 2;

  private SendersFile() {}

  /// @throws IOException with file, line and what is wrong
  public static List<Sender> read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + ": larger than " + BYTES_MAX + " bytes");
    }
    return switch (parse(text(file))) {
      case Parsed.Valid<List<Sender>>(List<Sender> all) -> all;
      case Parsed.Invalid<List<Sender>>(String where, String what) -> throw new IOException(file + ":" + where + ": " + what);
    };
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not UTF-8", e);
    }
  }

  /// @return invalid with the line's number as its rule
  public static Parsed<List<Sender>> parse(String text) {
    List<Sender> all = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      String l = line.strip();
      if (l.isEmpty() || l.startsWith("#")) {
        continue;
      }
      String where = Integer.toString(number);
      if (all.size() == SENDERS_MAX) {
        return Parsed.invalid(where, "more than " + SENDERS_MAX + " senders");
      }
      switch (sender(l)) {
        case Parsed.Invalid<Sender>(String _, String what) -> {
          return Parsed.invalid(where, what);
        }
        case Parsed.Valid<Sender>(Sender s) -> {
          if (!seen.add(s.name() + "/" + s.keyId())) {
            return Parsed.invalid(where, s.name() + " has this key already");
          }
          all.add(s);
        }
      }
    }
    return Parsed.valid(List.copyOf(all));
  }

  private static Parsed<Sender> sender(String line) {
    int at = ALGORITHM.length() + KEY_CHARS;
    if (!line.startsWith(ALGORITHM) || line.length() <= at || line.charAt(at) != ' ') {
      return Parsed.invalid("sender", "give '" + ALGORITHM + "', a public key in " + KEY_CHARS
          + " hexadecimal digits, and the sender's name");
    }
    byte[] key;
    try {
      key = HexFormat.of().parseHex(line, ALGORITHM.length(), at);
    } catch (IllegalArgumentException e) {
      return Parsed.invalid("sender", "the key is not hexadecimal");
    }
    return Sender.of(line.substring(at).strip(), Bytes.wrap(key));
  }

  /// A line of the file, without its end.
  public static String line(Sender sender) {
    return ALGORITHM + HexFormat.of().formatHex(sender.publicKey().toArray()) + " " + sender.name();
  }
}
