package io.trivet.broker;

import java.util.Arrays;
import java.util.function.Consumer;

/// What one loop asks of another. Between two loops mail keeps its order.
public sealed interface Mail {
  /// The deliveries of one read cycle to sessions at home on the receiving loop.
  final class Deliveries implements Mail {
    private Message[] messages = new Message[16];
    private Target[][] targets = new Target[16][];
    private long[] seqs = new long[16];
    private int size;

    void add(Message m, Target[] to, long seq) {
      if (size == messages.length) {
        messages = Arrays.copyOf(messages, size * 2);
        targets = Arrays.copyOf(targets, size * 2);
        seqs = Arrays.copyOf(seqs, size * 2);
      }
      messages[size] = m;
      targets[size] = to;
      seqs[size++] = seq;
    }

    int size() {
      return size;
    }

    void deliverAt(BrokerLoop loop) {
      for (int i = 0; i < size; i++) {
        loop.router().deliver(messages[i], targets[i], seqs[i]);
      }
    }
  }

  /// The receiver holds a session that a client of another loop asks for.
  record Adopt(Session session, ConnectRequest request, int replyTo) implements Mail {}

  /// The session asked for is gone; look again.
  record LookAgain(ConnectRequest request) implements Mail {}

  /// A session has moved house: send what was meant for its old home, and say so.
  record Fence(Session session, int replyTo) implements Mail {}

  record FencePassed(Session session) implements Mail {}

  /// A session, handed over whole.
  record Arrive(Session session, ConnectRequest request) implements Mail {}

  /// A batch the store has finished with.
  record Committed(StoreBatch batch) implements Mail {}

  /// The store answers a read of a session's inbox.
  ///
  /// @param number which of the session's reads
  record InboxRead(Session session, int number, StoreBatch.ReadResult result) implements Mail {}

  /// Something an administrator or the server asks of the loop.
  record Task(Consumer<BrokerLoop> work) implements Mail {}
}
