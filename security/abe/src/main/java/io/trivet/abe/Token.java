package io.trivet.abe;

/// A word of a policy or a list of attributes.
sealed interface Token {
  /// Where it begins in the text.
  int at();

  /// @param text without its quotes, in NFC
  /// @param quoted whether it stood in quotes, and so is no keyword
  record Name(int at, String text, boolean quoted) implements Token {
    boolean is(String keyword) {
      return !quoted && text.equalsIgnoreCase(keyword);
    }
  }

  record Figure(int at, long value) implements Token {}

  /// @param text one of `(`, `)`, `,`, `=`, `==`, `>=`, `>`, `<=`, `<`
  record Sign(int at, String text) implements Token {}

  record End(int at) implements Token {}
}
