package io.trivet.broker;

/// Port: hears what happens to connections and sessions, for the log, the metrics and the guard. Called on event loops:
/// must return at once and never throw. Not told of single messages: those are in [Counters].
public interface Watcher {
  Watcher NONE = new Watcher() {};

  /// A client was given a session.
  ///
  /// @param protocol such as `MQTT 5.0`
  default void connected(Peer peer, ClientId clientId, Principal principal, String protocol, boolean resumed) {}

  /// @param reason in words, such as `keep alive timeout`
  default void disconnected(Peer peer, ClientId clientId, Principal principal, String reason) {}

  /// A connection ended before it had a session.
  ///
  /// @param clientId as the peer gave it, unchecked; empty where it gave none
  /// @param reason stable words for tools, such as `bad-credential`
  /// @param detail for the operator; may quote the peer
  default void refused(Peer peer, String clientId, String reason, String detail) {}

  /// The rules denied something.
  ///
  /// @param action `publish`, `subscribe`, `deliver` or `will`
  default void denied(ClientId clientId, Principal principal, String action, String topic, String rule) {}

  /// A connection broke the protocol or a limit.
  default void violated(Peer peer, String clientId, String rule, String what) {}

  /// Our own fault ended one connection; the loop went on.
  default void failed(String where, Throwable fault) {}
}
