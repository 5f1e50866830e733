package io.trivet.broker;

/// Port: a connection that asks for a session and then uses it.
public interface Client extends Outlet {
  /// The session is this client's from now on; nothing was sent to it before.
  ///
  /// @param present whether it existed before, with its subscriptions and messages
  void attached(Session session, boolean present);

  void refused(ConnectRefusal why);

  /// False once the connection is gone, so that a session that arrives late is let go again.
  boolean isOpen();
}
