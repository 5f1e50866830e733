package io.trivet.broker;

import java.util.Arrays;
import java.util.function.Consumer;

/// What one loop asks of another. Between two loops mail keeps its order.
public sealed interface Mail {
  /// The deliveries of one read cycle to sessions at home on the receiving loop.
  final class Deliveries implements Mail {
    private Message[] messages = new Message[16];
    private Target[][] targets = new Target[16][];
    private long[] positions = new long[16];
    private int size;

    void add(Message m, Target[] to, long position) {
      if (size == messages.length) {
        messages = Arrays.copyOf(messages, size * 2);
        targets = Arrays.copyOf(targets, size * 2);
        positions = Arrays.copyOf(positions, size * 2);
      }
      messages[size] = m;
      targets[size] = to;
      positions[size++] = position;
    }

    int size() {
      return size;
    }

    void deliverAt(BrokerLoop loop) {
      for (int i = 0; i < size; i++) {
        loop.router().deliver(messages[i], targets[i], positions[i]);
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
  record Committed(StoreBatch batch, boolean kept) implements Mail {}

  /// Something an administrator or the server asks of the loop.
  record Task(Consumer<BrokerLoop> work) implements Mail {}
}
