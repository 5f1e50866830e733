package io.trivet.broker;

/// Hears of the outcome of a publish that was [PublishResult#PENDING]; called on the publisher's loop.
public interface PublishListener {
  /// @param packetId what the publisher named the message
  void published(int packetId, PublishResult result);
}
