package io.trivet.cli;

import java.util.regex.Pattern;

/// Text for a POSIX shell and its terminal.
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

  private Shell() {}

  /// What a peer chose, without anything a terminal would obey.
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> {
      int type = Character.getType(c);
      boolean odd = type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE
          || type == Character.LINE_SEPARATOR || type == Character.PARAGRAPH_SEPARATOR || type == Character.UNASSIGNED;
      if (odd) {
        out.append(String.format("\\u{%x}", c));
      } else {
        out.appendCodePoint(c);
      }
    });
    return out.toString();
  }

  static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
