package io.trivet.authority;

import io.trivet.abe.Kind;
import java.util.regex.Pattern;

/// The epoch in a reader's scope: an attribute that the authority alone gives, and that ends with the epoch.
public final class Scopes {
  /// The attribute's name; no device may be given it otherwise.
  public static final String EPOCH = "epoch";

  private static final Pattern NAMED = Pattern.compile("(?i)(?<![A-Za-z0-9_.-])epoch(?![A-Za-z0-9_.-])");

  private Scopes() {}

  /// @throws IllegalArgumentException where the scope speaks of the epoch itself
  static String checked(String scope) {
    if (NAMED.matcher(scope).find()) {
      throw new IllegalArgumentException(
          "'" + EPOCH + "' is the authority's own attribute, which it adds by itself: leave it away");
    }
    return scope.strip();
  }

  /// What the key of an epoch is issued for.
  static String in(Kind kind, String scope, long epoch) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> scope + ", " + epoch(epoch);
      case KEY_POLICY -> "(" + scope + ") and " + epoch(epoch);
    };
  }

  /// What a sender adds: to its policy by `and`, or to its attributes.
  public static String epoch(long epoch) {
    return EPOCH + ":" + epoch;
  }
}
