package io.trivet.authority;

import io.trivet.base.Bytes;
import java.util.HexFormat;

/// How far the log goes.
///
/// @param lines how many there are
/// @param hash SHA-256 of the last one, in hexadecimal
public record LogHead(long lines, String hash) {
  /// Before the first line: bound to the authority, so that no line of another's log fits.
  static LogHead empty(Bytes authority) {
    return new LogHead(0, LogEntry.sha256(authority.toArray()));
  }

  Bytes hashBytes() {
    return Bytes.wrap(HexFormat.of().parseHex(hash));
  }

  LogHead after(LogEntry next) {
    return new LogHead(next.number(), next.hash());
  }
}
