package io.trivet.broker;

/// Why a client that proved who it is gets no session.
public enum ConnectRefusal {
  SESSIONS_MAX,
  REVOKED,

  /// The rules do not allow it.
  NOT_ALLOWED
}
