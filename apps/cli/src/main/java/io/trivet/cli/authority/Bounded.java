package io.trivet.cli.authority;

import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;

/// Files of others: read within a bound, and refused with their name.
final class Bounded {
  private Bounded() {}

  private static byte[] bytes(Path file, int max) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] read = in.readNBytes(max + 1);
      if (read.length > max) {
        throw new CommandFailed(file + ": more than " + max + " bytes");
      }
      return read;
    }
  }

  static <T> T read(Path file, int max, Function<byte[], Parsed<T>> parser) throws IOException {
    return valid(file.toString(), parser.apply(bytes(file, max)));
  }

  /// The same for what is to be wiped.
  static SecretBytes secret(Path file, int max) throws IOException {
    byte[] read = bytes(file, max);
    try {
      return SecretBytes.copyOf(read);
    } finally {
      Arrays.fill(read, (byte) 0);
    }
  }

  static <T> T valid(String where, Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(T value) -> value;
      case Parsed.Invalid<T>(_, String what) -> throw new CommandFailed(where + ": " + what);
    };
  }
}
