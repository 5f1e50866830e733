package io.trivet.broker;

import java.util.List;

/// One change of what the store keeps.
public sealed interface StoreOp {
  /// A session that outlives its connection, with its options; replaces what was known of it.
  record PutSession(ClientId clientId, String device, long expirySeconds) implements StoreOp {}

  /// A session that ended, with its subscriptions, inbox and packet ids.
  record RemoveSession(ClientId clientId) implements StoreOp {}

  record PutSubscription(
      ClientId clientId,
      SubscriptionFilter filter,
      QoS qos,
      boolean noLocal,
      boolean retainAsPublished,
      int id)
      implements StoreOp {}

  record RemoveSubscription(ClientId clientId, SubscriptionFilter filter) implements StoreOp {}

  /// A message kept once for all the inboxes that hold it, at a position that [StoreBatch#position(int)] tells.
  record Append(Message message, List<ClientId> inboxes) implements StoreOp {
    public Append {
      inboxes = List.copyOf(inboxes);
    }
  }

  /// A message that one session no longer needs: acknowledged, expired or dropped.
  record Remove(ClientId clientId, long position) implements StoreOp {}

  /// A message now in flight under a packet id.
  ///
  /// @param released whether PUBREC came, so that a resumed session continues with PUBREL
  record InFlight(ClientId clientId, long position, int packetId, boolean released) implements StoreOp {}

  /// A received QoS 2 packet id that waits for its PUBREL.
  record PutReceived(ClientId clientId, int packetId) implements StoreOp {}

  record RemoveReceived(ClientId clientId, int packetId) implements StoreOp {}

  record PutRetained(Message message) implements StoreOp {}

  record RemoveRetained(TopicName topic) implements StoreOp {}

  record PutWill(ClientId clientId, Will will, long dueWallMillis) implements StoreOp {}

  record RemoveWill(ClientId clientId) implements StoreOp {}
}
