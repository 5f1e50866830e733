package io.trivet.broker;

/// Hears what a store has kept, at the start: first all sessions, then what belongs to them, then retained messages.
/// Inboxes are not told: each is read when its client comes back.
public interface Recovery {
  /// The highest number that a session has ever had, so that none is used twice.
  void lastSession(long number);

  void session(StoreOp.PutSession session);

  void subscription(StoreOp.PutSubscription subscription);

  void received(StoreOp.PutReceived received);

  void will(StoreOp.PutWill will);

  /// @param number as in [StoreOp.PutRetained]
  void retained(Message message, long number);
}
