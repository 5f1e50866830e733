package io.trivet.policy;

/// What is wrong with a policy file, or looks wrong, and where.
///
/// @param line from 1
/// @param column from 1
/// @param what one line for the operator, with what to do instead where that is known
/// @param source the line of the file it is about, shortened where it is long
public record Problem(Severity severity, int line, int column, String what, String source) {
  private static final int SOURCE_MAX = 160;

  public enum Severity {
    ERROR,
    WARNING
  }

  /// @param text the whole file
  public static Problem of(Severity severity, String text, int line, int column, String what) {
    String source = text.lines().skip(Math.max(0, line - 1L)).findFirst().orElse("");
    return new Problem(severity, line, column, what, source);
  }

  /// The line and a caret below the place, both ending without a line break; the place is kept in view where
  /// the line is long.
  public String excerpt() {
    int from = Math.max(0, column - 1 - SOURCE_MAX / 2);
    if (from > source.length()) {
      from = 0;
    }
    String shown = source.substring(from, Math.min(source.length(), from + SOURCE_MAX));
    StringBuilder caret = new StringBuilder();
    for (int i = from; i < column - 1 && i - from < shown.length(); i++) {
      caret.append(source.charAt(i) == '\t' ? '\t' : ' '); // so that the caret stands below whatever a tab is wide
    }
    StringBuilder printable = new StringBuilder();
    shown.chars().forEach(c -> printable.append(Character.isISOControl(c) && c != '\t' ? '?' : (char) c));
    return printable + "\n" + caret + "^";
  }

  /// `line 3, column 5: what`, and below it the line with a caret.
  @Override
  public String toString() {
    return (severity == Severity.WARNING ? "warning: " : "") + "line " + line + ", column " + column + ": " + what
        + "\n" + excerpt();
  }
}
