package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.abe.PublicParameters;
import io.trivet.base.Parsed;
import java.util.regex.Pattern;

/// The epoch in a reader's scope: an attribute that the authority alone gives, and that ends with the epoch.
final class Scopes {
  private static final Pattern NAMED = Pattern.compile("(?i)(?<![A-Za-z0-9_.-])epoch(?![A-Za-z0-9_.-])");

  private Scopes() {}

  /// The scope that a device is to have, in canonical form. It is read alone before anything is added to it, so that no
  /// parenthesis of its own reaches what is added.
  ///
  /// @return invalid where the language refuses it, or it speaks of the epoch itself
  static Parsed<String> checked(Scheme scheme, Kind kind, String scope) {
    return switch (scheme.canonical(kind, scope)) {
      case Parsed.Valid<String>(String canonical) when NAMED.matcher(canonical).find() -> Parsed.invalid(PublicParameters.EPOCH,
          "'" + PublicParameters.EPOCH + "' is the authority's own attribute, which it adds by itself: leave it away");
      case Parsed<String> p -> p;
    };
  }

  /// What the key of an epoch is issued for.
  static String in(Kind kind, String scope, long epoch) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> scope + ", " + PublicParameters.attribute(epoch);
      case KEY_POLICY -> "(" + scope + ") and " + PublicParameters.attribute(epoch);
    };
  }
}
