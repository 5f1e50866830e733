package io.trivet.broker;

/// Why the broker ends a connection.
public enum SessionEnd {
  TAKEN_OVER,
  REVOKED,

  /// The rules do not allow the connection any more.
  NOT_ALLOWED,
  ADMINISTRATIVE,
  SERVER_STOPS
}
