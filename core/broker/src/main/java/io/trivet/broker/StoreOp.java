package io.trivet.broker;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One change of what the store keeps. Sessions go by a number that is never used twice, not by their client
/// identifier: a session that ends and one that begins under the same identifier may be in batches of two loops.
public sealed interface StoreOp {
  /// A time that has not come: the session is connected, its will is not due.
  long CONNECTED = Long.MAX_VALUE;

  /// A session that outlives its connection, with its options; replaces what was known of it.
  ///
  /// @param device the device it belongs to; empty for an anonymous peer
  /// @param restingSinceMillis wall-clock time at which its connection ended, or [#CONNECTED]
  record PutSession(long session, ClientId clientId, String device, long expirySeconds, long restingSinceMillis)
      implements StoreOp {}

  /// A session that ended, with its subscriptions, inbox, will and packet ids. What other batches still append to its
  /// inbox is dropped.
  record RemoveSession(long session) implements StoreOp {}

  record PutSubscription(
      long session, SubscriptionFilter filter, QoS qos, boolean noLocal, boolean retainAsPublished, int id)
      implements StoreOp {}

  record RemoveSubscription(long session, SubscriptionFilter filter) implements StoreOp {}

  /// A message kept once for all the inboxes that hold it. The store writes into it what became of it.
  final class Append implements StoreOp {
    /// Not kept for this inbox: it is full and the policy drops the newest, or its session has ended.
    public static final long DROPPED = -2;

    private final Message message;
    private final List<InboxEntry> inboxes;
    private final long[] seqs;
    private boolean refused;
    private int dropped;

    public Append(Message message, List<InboxEntry> inboxes) {
      this.message = message;
      this.inboxes = List.copyOf(inboxes);
      this.seqs = new long[this.inboxes.size()];
      Arrays.fill(seqs, DROPPED);
    }

    public Message message() {
      return message;
    }

    public List<InboxEntry> inboxes() {
      return inboxes;
    }

    /// The store kept it as number `seq` of the n-th inbox.
    public void seq(int inbox, long seq) {
      seqs[inbox] = seq;
    }

    /// Its number in the n-th inbox, from 0, or [#DROPPED].
    public long seq(int inbox) {
      return seqs[inbox];
    }

    /// An inbox is full and the policy is to refuse: nothing of this message was kept.
    public void refuse() {
      refused = true;
      Arrays.fill(seqs, DROPPED);
    }

    public boolean isRefused() {
      return refused;
    }

    /// The store dropped older messages to make room for this one.
    public void dropped(int older) {
      dropped += older;
    }

    public int dropped() {
      return dropped;
    }
  }

  /// A message that one session no longer needs: acknowledged, expired or denied. Nothing where it is gone already.
  record Remove(long session, long seq) implements StoreOp {}

  /// PUBREC came for a QoS 2 message: it continues with PUBREL.
  record Release(long session, long seq) implements StoreOp {}

  /// A received QoS 2 packet id that waits for its PUBREL.
  ///
  /// @param append the message in the same batch that came under it; where that is refused, the id is not kept
  record PutReceived(long session, int packetId, Optional<Append> append) implements StoreOp {}

  record RemoveReceived(long session, int packetId) implements StoreOp {}

  /// The retained message of its topic; an empty payload clears the topic.
  ///
  /// @param number grows with each change of a topic; one lower than what is kept for the topic changes nothing
  /// @param append the same message in the same batch; where that is refused, nothing changes
  record PutRetained(Message message, long number, Optional<Append> append) implements StoreOp {}

  /// @param dueWallMillis when it is to be published, or [#CONNECTED]
  record PutWill(long session, Will will, long dueWallMillis) implements StoreOp {}

  record RemoveWill(long session) implements StoreOp {}
}
