package io.trivet.abe;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/// Cuts a text into words, one ahead of its reader.
final class Scanner {
  /// A policy or a list of attributes may have so many characters of Java.
  static final int TEXT_MAX = 4096;

  /// What stops the reading, carried up from inside.
  static final class Stopped extends Exception {
    private static final long serialVersionUID = 1;
    private final int at;

    Stopped(int at, String what) {
      super(what, null, false, false);
      this.at = at;
    }

    Misreading in(String text) {
      return new Misreading(text, at, String.valueOf(getMessage()));
    }
  }

  private final String text;
  private int next;
  private Token token;

  Scanner(String text) throws Stopped {
    this.text = text;
    if (text.length() > TEXT_MAX) {
      throw new Stopped(TEXT_MAX, "more than " + TEXT_MAX + " characters");
    }
    this.token = scan();
  }

  /// The canonical form may have as many bytes as what is read has characters.
  static void checkLength(CharSequence canonical) throws Stopped {
    if (canonical.toString().getBytes(StandardCharsets.UTF_8).length > TEXT_MAX) {
      throw new Stopped(0, "more than " + TEXT_MAX + " bytes in canonical form");
    }
  }

  /// The word that comes next, without taking it.
  Token peek() {
    return token;
  }

  Token take() throws Stopped {
    Token taken = token;
    token = scan();
    return taken;
  }

  boolean isSign(String sign) {
    return token instanceof Token.Sign(int _, String s) && s.equals(sign);
  }

  boolean isKeyword(String word) {
    return token instanceof Token.Name name && name.is(word);
  }

  void expect(String sign, String after) throws Stopped {
    if (!isSign(sign)) {
      throw new Stopped(token.at(), "expected '" + sign + "' " + after + ", found " + seen());
    }
    take();
  }

  /// What comes next, for a message.
  String seen() {
    return switch (token) {
      case Token.Name(int _, String name, boolean _) -> "'" + name + "'";
      case Token.Figure(int _, long value) -> "the number " + value;
      case Token.Sign(int _, String sign) -> "'" + sign + "'";
      case Token.End _ -> "the end";
    };
  }

  private Token scan() throws Stopped {
    while (next < text.length() && " \t\r\n".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
    if (next == text.length()) {
      return new Token.End(next);
    }
    int at = next;
    int c = text.codePointAt(at);
    if (c == '"') {
      return quoted(at);
    }
    if (c >= '0' && c <= '9') {
      return number(at);
    }
    if (Names.isBareStart(c)) {
      return bare(at);
    }
    return sign(at, c);
  }

  private Token sign(int at, int c) throws Stopped {
    boolean followed = at + 1 < text.length() && text.charAt(at + 1) == '=';
    String sign =
        switch (c) {
          case '(', ')', ',' -> String.valueOf((char) c);
          case '=', '<', '>' -> text.substring(at, followed ? at + 2 : at + 1);
          default ->
              throw new Stopped(
                  at,
                  Names.isAllowed(c)
                      ? "a name with '" + Character.toString(c) + "' here must stand in quotes"
                      : "the character U+%04X may not be used".formatted(c));
        };
    next = at + sign.length();
    return new Token.Sign(at, sign);
  }

  private Token number(int at) throws Stopped {
    long value = 0;
    while (next < text.length() && text.charAt(next) >= '0' && text.charAt(next) <= '9') {
      value = value * 10 + text.charAt(next) - '0';
      if (value > Numbers.MAX) {
        throw new Stopped(at, "a number above " + Numbers.MAX);
      }
      next++;
    }
    if (next - at > 1 && text.charAt(at) == '0') {
      throw new Stopped(at, "a number that begins with 0");
    }
    if (next < text.length() && Names.isBare(text.codePointAt(next))) {
      throw new Stopped(at, "a name that begins with a digit must stand in quotes");
    }
    return new Token.Figure(at, value);
  }

  private Token bare(int at) throws Stopped {
    while (next < text.length() && Names.isBare(text.codePointAt(next))) {
      next += Character.charCount(text.codePointAt(next));
    }
    return name(at, text.substring(at, next), false);
  }

  private Token quoted(int at) throws Stopped {
    StringBuilder name = new StringBuilder();
    next++;
    while (true) {
      if (next == text.length()) {
        throw new Stopped(at, "these quotes are not closed");
      }
      int c = text.codePointAt(next);
      if (c == '"') {
        next++;
        return name(at, name.toString(), true);
      }
      if (c == '\\') {
        next++;
        if (next == text.length() || "\"\\".indexOf(text.charAt(next)) < 0) {
          throw new Stopped(next - 1, "a backslash stands before a quote or another backslash only");
        }
        c = text.charAt(next);
      }
      if (!Names.isAllowed(c)) {
        throw new Stopped(next, "the character U+%04X may not be used".formatted(c));
      }
      name.appendCodePoint(c);
      next += Character.charCount(c);
    }
  }

  private static Token name(int at, String written, boolean quoted) throws Stopped {
    String name = Normalizer.normalize(written, Normalizer.Form.NFC);
    if (name.isEmpty()) {
      throw new Stopped(at, "a name without a character");
    }
    if (Names.isTooLong(name)) {
      throw new Stopped(at, "a name of more than " + Names.BYTES_MAX + " bytes");
    }
    return new Token.Name(at, name, quoted);
  }
}
