package io.trivet.base.cbor;

/// What a reader takes.
///
/// @param depthMax how deep arrays, maps and tags may nest
/// @param itemsMax how many items there may be in all, keys counted
/// @param deterministic whether only the deterministic form is taken (RFC 8949, section 4.2.1): shortest numbers, no
///     indefinite lengths, map keys in order
public record CborLimits(int depthMax, int itemsMax, boolean deterministic) {
  /// For what devices send as data.
  public static final CborLimits DATA = new CborLimits(16, 10_000, false);

  /// For what keys depend on.
  public static final CborLimits STRICT = new CborLimits(8, 200, true);
}
