package io.trivet.local;

import io.trivet.broker.Message;
import io.trivet.broker.QoS;
import io.trivet.broker.StoreBatch.Read;
import io.trivet.broker.StoreBatch.ReadResult;
import io.trivet.broker.StoredMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads inboxes; from any thread.
final class InboxReader {
  private final Engine engine;
  private final StoreListener listener;

  InboxReader(Engine engine, StoreListener listener) {
    this.engine = engine;
    this.listener = listener;
  }

  /// @param from where to begin: what was asked for, or the inbox's head
  /// @param last the highest number that the inbox has given out when the read was asked for
  ReadResult read(Read r, long from, long last) {
    List<StoredMessage> found = new ArrayList<>();
    long weight = 0;
    try (Engine.Cursor c = engine.scan(
        Family.INBOXES, Keys.pair(r.session(), from), Keys.number(r.session() + 1))) {
      while (c.next()) {
        long seq = Keys.numberAt(c.key(), 8);
        if (found.size() == r.messagesMax()) {
          return new ReadResult(found, seq - 1, true, false);
        }
        StoredMessage m = message(c.key(), c.value(), seq);
        if (m == null) {
          continue;
        }
        weight += m.message().weight();
        if (weight > r.bytesMax() && !found.isEmpty()) {
          return new ReadResult(found, seq - 1, true, false);
        }
        found.add(m);
      }
    } catch (IOException e) {
      listener.damaged("an inbox could not be read: " + e.getMessage());
      return ReadResult.FAILED;
    }
    long highest = found.isEmpty() ? from - 1 : found.getLast().seq();
    return new ReadResult(found, Math.max(highest, last), false, false);
  }

  /// Whether the inbox's head has passed that number since the read was asked for.
  private boolean isPassed(long session, long seq) throws IOException {
    byte[] key = Keys.number(session);
    byte[] head = engine.get(Family.HEADS, key);
    return head != null && seq < Records.count(Family.HEADS, key, head);
  }

  /// Null where the record is damaged, which the operator is told, or was removed meanwhile.
  private @org.jspecify.annotations.Nullable StoredMessage message(byte[] key, byte[] value, long seq)
      throws IOException {
    try {
      Records.InboxRecord record = Records.inbox(key, value);
      Message m = record.message().orElse(null);
      if (m == null) {
        byte[] at = Keys.number(record.position());
        byte[] shared = engine.get(Family.MESSAGES, at);
        if (shared == null) {
          if (engine.get(Family.INBOXES, key) != null && !isPassed(Keys.numberAt(key, 0), seq)) {
            listener.damaged("message " + record.position() + " is missing, which number " + seq + " of session "
                + Keys.numberAt(key, 0) + " refers to");
          }
          return null;
        }
        m = Records.shared(at, shared).message();
      }
      boolean released =
          record.entry().qos() == QoS.EXACTLY_ONCE && engine.get(Family.RELEASED, key) != null;
      return new StoredMessage(seq, m, record.entry(), released);
    } catch (DamagedRecord e) {
      listener.damaged(String.valueOf(e.getMessage()));
      return null;
    }
  }
}
