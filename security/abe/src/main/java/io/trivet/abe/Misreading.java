package io.trivet.abe;

/// Where and why a policy or a list of attributes cannot be read.
///
/// @param text what was given
/// @param at the place in it, in characters of Java from 0; the text's length where it ended too soon
/// @param what is wrong there, in words
public record Misreading(String text, int at, String what) {
  private static final int SHOWN_BEFORE = 48;
  private static final int SHOWN_AFTER = 24;

  /// One line, such as `at character 8: expected a name`. Characters are counted as people do, from 1.
  public String line() {
    return "at character " + (text.codePointCount(0, at) + 1) + ": " + what;
  }

  /// Three lines for a terminal: what is wrong, the surroundings, and a caret under the place. Characters
  /// that a terminal might act on are shown as U+FFFD.
  public String caret() {
    int from = boundary(Math.max(0, at - SHOWN_BEFORE));
    int to = boundary(Math.min(text.length(), at + SHOWN_AFTER));
    String before = (from > 0 ? "…" : "") + harmless(text.substring(from, at));
    String after = harmless(text.substring(at, to)) + (to < text.length() ? "…" : "");
    return line() + "\n  " + before + after + "\n  " + " ".repeat(before.codePointCount(0, before.length())) + "^";
  }

  /// Not between the halves of a surrogate pair.
  private int boundary(int index) {
    boolean inside =
        index > 0
            && index < text.length()
            && Character.isLowSurrogate(text.charAt(index))
            && Character.isHighSurrogate(text.charAt(index - 1));
    return inside ? index - 1 : index;
  }

  private static String harmless(String part) {
    StringBuilder out = new StringBuilder();
    part.codePoints()
        .forEach(
            c -> {
              if (c == '\t' || c == '\n' || c == '\r') {
                out.append(' ');
              } else {
                out.appendCodePoint(Names.isAllowed(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }
}
