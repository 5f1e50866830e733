package io.trivet.broker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The changes of one read cycle of one loop, and what the loop does once they are kept. Filled by the loop, then the
/// store's until completion, then the loop's again.
public final class StoreBatch {
  private final List<StoreOp> ops = new ArrayList<>();
  private long[] positions = new long[8];
  private int appends;
  final List<Waiting> waiting = new ArrayList<>();
  final List<Consumer<Boolean>> whenKept = new ArrayList<>();

  /// What waits for the batch: a message to dispatch and a publisher to answer.
  ///
  /// @param append the index of its [StoreOp.Append] among the batch's appends, or -1
  record Waiting(Message message, Target[] targets, int append, Optional<Session> from, PublishListener listener, int packetId) {}

  public List<StoreOp> ops() {
    return Collections.unmodifiableList(ops);
  }

  /// How many [StoreOp.Append] it holds.
  public int appends() {
    return appends;
  }

  /// The store says where it keeps the n-th append; positions of one inbox grow with the order of commits.
  public void position(int append, long position) {
    if (append >= positions.length) {
      positions = Arrays.copyOf(positions, Math.max(append + 1, positions.length * 2));
    }
    positions[append] = position;
  }

  long position(int append) {
    return append < 0 ? Delivery.NOT_STORED : append < positions.length ? positions[append] : 0;
  }

  void add(StoreOp op) {
    ops.add(op);
  }

  int append(Message message, List<ClientId> inboxes) {
    ops.add(new StoreOp.Append(message, inboxes));
    return appends++;
  }

  boolean isEmpty() {
    return ops.isEmpty() && waiting.isEmpty();
  }
}
