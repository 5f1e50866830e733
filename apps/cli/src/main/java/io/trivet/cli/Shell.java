package io.trivet.cli;

import java.util.regex.Pattern;

/// Text as a POSIX shell takes it.
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

  private Shell() {}

  static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
