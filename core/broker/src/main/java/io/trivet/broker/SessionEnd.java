package io.trivet.broker;

/// Why the broker ends a connection.
public enum SessionEnd {
  TAKEN_OVER,
  REVOKED,
  ADMINISTRATIVE,
  SERVER_STOPS
}
