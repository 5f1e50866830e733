package io.trivet.cli.authority;

import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/// Where passphrases and PINs come from: a file, a variable of the environment, or a prompt that does not show them; never
/// the command line, which everybody on the machine can read.
final class SecretSource {
  private static final int BYTES_MAX = 4_096;

  private SecretSource() {}

  /// The first line; the rest of the file does not matter.
  ///
  /// @param file `-` for standard input
  static SecretBytes file(String file) throws IOException {
    byte[] read;
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      read = in.readNBytes(BYTES_MAX + 1);
    }
    try {
      if (read.length > BYTES_MAX) {
        throw new CommandFailed(shown(file) + ": more than " + BYTES_MAX + " bytes, which is no secret's file");
      }
      int end = 0;
      while (end < read.length && read[end] != '\n' && read[end] != '\r') {
        end++;
      }
      if (end == 0) {
        throw new CommandFailed(shown(file) + ": its first line is empty");
      }
      return SecretBytes.copyOf(read, 0, end);
    } finally {
      Arrays.fill(read, (byte) 0);
    }
  }

  private static String shown(String file) {
    return file.equals("-") ? "standard input" : file;
  }

  static Optional<SecretBytes> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isEmpty()).map(SecretBytes::utf8);
  }

  /// @param option what to give where nobody is there to be asked
  static SecretBytes prompt(String question, String option) {
    Console console = Objects.requireNonNull(System.console(), "never null since JDK 22");
    if (!console.isTerminal()) {
      throw new CommandFailed("nobody is there to be asked for it: give " + option);
    }
    char[] typed = console.readPassword("%s: ", question);
    if (typed == null || typed.length == 0) {
      throw new CommandFailed("nothing was typed");
    }
    try {
      byte[] utf8 = new byte[3 * typed.length]; // no char needs more
      ByteBuffer to = ByteBuffer.wrap(utf8);
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(typed), to, true);
      try {
        return SecretBytes.copyOf(utf8, 0, to.position());
      } finally {
        Arrays.fill(utf8, (byte) 0);
      }
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  /// Asks for something new twice.
  static SecretBytes promptTwice(String question, String option) {
    SecretBytes first = prompt(question, option);
    try (SecretBytes again = prompt("Once more", option)) {
      if (!first.matches(again)) {
        first.close();
        throw new CommandFailed("the two are not the same");
      }
      return first;
    }
  }
}
