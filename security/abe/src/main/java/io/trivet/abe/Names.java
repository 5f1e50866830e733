package io.trivet.abe;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// What attributes may be called, and how their names are written.
///
/// Names are compared exactly, after normalization to NFC. What cannot be told apart by looking, or acts on
/// the display, is refused: control, format, private and unassigned characters, and separators other than the
/// space.
final class Names {
  static final int BYTES_MAX = 128;
  static final Set<String> KEYWORDS = Set.of("and", "or", "of");

  private Names() {}

  static boolean isAllowed(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// Whether the character can stand in a name without quotes.
  static boolean isBare(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER,
          Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.DECIMAL_DIGIT_NUMBER ->
          true;
      default -> ":_./@+#*~-".indexOf(c) >= 0;
    };
  }

  static boolean isBareStart(int c) {
    return Character.isLetter(c) && isBare(c) || c == '_';
  }

  static boolean isKeyword(String word) {
    return KEYWORDS.contains(word.toLowerCase(Locale.ROOT));
  }

  static boolean isTooLong(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX;
  }

  /// The one form in which a name is written: bare where it can be.
  static String written(String name) {
    boolean bare =
        isBareStart(name.codePointAt(0)) && name.codePoints().allMatch(Names::isBare) && !isKeyword(name);
    return bare ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
