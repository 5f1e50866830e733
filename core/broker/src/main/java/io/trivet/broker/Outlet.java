package io.trivet.broker;

/// Port: the protocol side of a session that is connected. Called on the session's loop only.
public interface Outlet {
  /// Bytes encoded for the peer that its socket has not taken yet. Where the answer was too much for the session, the
  /// outlet calls [Session#roomAgain()] once it has shrunk.
  int unsentBytes();

  /// Sends a message.
  ///
  /// @param packetId 0 for QoS 0
  /// @param subscriptionIds what the session's matching subscriptions were numbered; empty for none
  /// @return false where the receiver accepts no packet that large, so that the message counts as delivered
  /// (MQTT-3.1.2-25)
  boolean publish(Message m, QoS qos, boolean dup, boolean retain, int packetId, int[] subscriptionIds);

  void pubRel(int packetId);

  /// Ends the connection, telling the peer why where its protocol can. The session has forgotten the outlet already.
  void end(SessionEnd why);
}
