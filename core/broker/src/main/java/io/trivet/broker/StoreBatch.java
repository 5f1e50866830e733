package io.trivet.broker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The changes of one read cycle of one loop, what it wants to read after them, and what the loop does once they are
/// kept. Filled by the loop, then the store's until completion, then the loop's again.
public final class StoreBatch {
  /// What became of a batch.
  public enum Outcome {
    /// Not finished yet.
    PENDING,
    /// Kept, as the store promises.
    KEPT,
    /// What is new in it, messages and subscriptions, is not kept, since there is no room; the rest is.
    FULL,
    /// Nothing of it is kept: the disk has no space left at all.
    OUT_OF_SPACE,
    /// Nothing of it is kept: the store does not work.
    FAILED;

    public boolean isKept() {
      return this == KEPT;
    }

    /// Whether what takes no room is kept: the end of something, a step of an exchange.
    public boolean keepsSteps() {
      return this == KEPT || this == FULL;
    }

    /// Whether it was for want of room.
    public boolean isFull() {
      return this == FULL || this == OUT_OF_SPACE;
    }
  }

  private final List<StoreOp> ops = new ArrayList<>();
  private final List<Read> reads = new ArrayList<>();
  private long weight;
  private Outcome outcome = Outcome.PENDING;
  final List<Waiting> waiting = new ArrayList<>();
  final List<Consumer<Outcome>> whenKept = new ArrayList<>();

  /// A request for what an inbox holds from a number on.
  ///
  /// @param messagesMax how many to return at most, at least 1
  /// @param bytesMax how much they may weigh together; the first comes whatever it weighs
  /// @param done told once, from any thread
  public record Read(long session, long from, int messagesMax, long bytesMax, Consumer<ReadResult> done) {}

  /// What an inbox holds.
  ///
  /// @param messages by their numbers
  /// @param upTo the inbox holds nothing else up to this number; one less than asked from where it holds nothing
  /// @param more whether it holds anything beyond
  /// @param failed whether it could not be read; the rest then says nothing
  public record ReadResult(List<StoredMessage> messages, long upTo, boolean more, boolean failed) {
    public static final ReadResult FAILED = new ReadResult(List.of(), -1, true, true);

    public ReadResult {
      messages = List.copyOf(messages);
    }
  }

  /// What waits for the batch: a message to dispatch and a publisher to answer.
  ///
  /// @param append the message in the batch; absent where no inbox wants it
  /// @param hasId whether its QoS 2 packet id is stored with it
  record Waiting(
      Message message,
      Target[] targets,
      Optional<StoreOp.Append> append,
      Optional<Session> from,
      boolean hasId,
      PublishListener listener,
      int packetId,
      Optional<RetainedTree.Change> retained) {}

  public List<StoreOp> ops() {
    return Collections.unmodifiableList(ops);
  }

  public List<Read> reads() {
    return Collections.unmodifiableList(reads);
  }

  /// The store says what became of it.
  public void outcome(Outcome o) {
    outcome = o;
  }

  public Outcome outcome() {
    return outcome;
  }

  /// An upper estimate in bytes of what it holds in memory.
  public long weight() {
    return weight;
  }

  public void add(StoreOp op) {
    ops.add(op);
    weight += switch (op) {
      case StoreOp.Append a -> 64 + a.message().weight() + 64L * a.inboxes().size();
      case StoreOp.PutRetained r -> 64 + r.message().weight();
      case StoreOp.PutWill w -> 64 + w.will().message().weight();
      default -> 64;
    };
  }

  public void read(Read read) {
    reads.add(read);
  }

  boolean isEmpty() {
    return ops.isEmpty() && waiting.isEmpty() && reads.isEmpty() && whenKept.isEmpty();
  }
}
