package io.trivet.broker;

import java.util.function.Consumer;

/// Port: keeps sessions, messages and retained messages for as long as it promises.
///
/// Asynchronous, batched and keyed by session, and it promises nothing that a replicated log with compacted topics
/// could not keep:
///
/// - A batch is applied whole or not at all, and what is kept of it outlives whatever the store promises to outlive.
/// - Batches handed over one after the other, by one loop or by two of which the second knew of the first, are applied
///   in that order.
/// - What a peer is told waits for the completion of the batch that holds it.
///
/// Each durable session has an inbox. The store numbers what it appends to one inbox by 0, 1, 2, … in the order it
/// applies it ([StoreOp.Append#seq(int)]), and it alone enforces the limits on inboxes. Numbers of what was removed do
/// not come again while the inbox holds anything.
public interface Store {
  /// Tells once, before the first batch, what was kept.
  ///
  /// @throws StoreException where it cannot be read; names what is damaged
  void recover(Recovery to);

  /// Applies a batch, then begins its reads. When this returns true the batch is finished; otherwise `done` is called
  /// once from any thread. Either way [StoreBatch#outcome()] then says what became of it.
  ///
  /// Reads are answered by [StoreBatch.Read#done()] from any thread, also after the batch was, and also where the batch
  /// was not kept.
  boolean commit(StoreBatch batch, Consumer<StoreBatch> done);

  /// The limits on inboxes from now on; what is kept already stays.
  void limits(Limits limits);

  /// Has `reopened` called, from any thread, whenever the store works again after it failed: what inboxes hold may then
  /// differ from what was told before, so sessions read theirs again.
  void whenReopened(Runnable reopened);
}
