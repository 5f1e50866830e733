package io.trivet.broker;

import java.util.function.BiConsumer;

/// Port: keeps sessions, messages and retained messages for as long as it promises.
///
/// Asynchronous, batched and keyed by session, and it promises nothing that a replicated log with compacted topics
/// could not keep: batches of one loop are applied in their order, each whole or not at all; between loops there is no
/// order. What is acknowledged to a peer waits for the completion of the batch that holds it.
public interface Store {
  /// Applies a batch.
  ///
  /// @param done called once from any thread with the batch and whether it was kept, unless the call returns true
  /// @return true where the batch was kept before the call returned; `done` is then not called
  boolean commit(StoreBatch batch, BiConsumer<StoreBatch, Boolean> done);

  /// The store of a server without a disk: the sessions in memory are all there is, so every batch is kept at once,
  /// until the process ends.
  Store MEMORY = (_, _) -> true;
}
