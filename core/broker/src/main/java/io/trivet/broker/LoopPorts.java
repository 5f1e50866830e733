package io.trivet.broker;

/// Port: what a loop needs of whoever runs it.
public interface LoopPorts {
  /// Leaves mail for a loop; keeps the order between two loops; may be called from any thread.
  ///
  /// [Mail.Committed], [Mail.InboxRead] and [Mail.Task] are always taken: their number is bounded by what is under way.
  ///
  /// @return false where the mailbox is full: the sender keeps the mail and offers it again
  boolean post(int loop, Mail mail);
}
