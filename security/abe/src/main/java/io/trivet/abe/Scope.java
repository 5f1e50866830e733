package io.trivet.abe;

import io.trivet.base.Parsed;

/// What a ciphertext or a key is for: a policy on one side, attributes on the other.
sealed interface Scope {
  /// The canonical form.
  String text();

  record Rule(Policy policy) implements Scope {
    @Override
    public String text() {
      return policy.toString();
    }
  }

  record Labels(Attributes attributes) implements Scope {
    @Override
    public String text() {
      return attributes.toString();
    }
  }

  static Parsed<Scope> ofCiphertext(Kind kind, String text) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> Policy.parse(text).map(Rule::new);
      case KEY_POLICY -> Attributes.parse(text).map(Labels::new);
    };
  }

  static Parsed<Scope> ofKey(Kind kind, String text) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> Attributes.parse(text).map(Labels::new);
      case KEY_POLICY -> Policy.parse(text).map(Rule::new);
    };
  }

  /// The same, where `text` came in a format and so must be canonical.
  static Parsed<Scope> canonical(Parsed<Scope> read, String text) {
    return switch (read) {
      case Parsed.Valid<Scope>(Scope s) when !s.text().equals(text) ->
          Parsed.invalid("scope", "a policy or attributes not in canonical form");
      case Parsed<Scope> r -> r;
    };
  }
}
