package io.trivet.local;

import io.trivet.broker.Recovery;
import io.trivet.broker.StoreOp;
import java.io.IOException;
import java.util.Arrays;

/// Reads what was kept, at the start: sessions first, then what belongs to them, then retained messages. Inboxes stay
/// unread.
final class StoredState {
  private static final long TOLD_EVERY = 100_000;
  private static final byte[] AFTER_ALL = new byte[70_000];

  static {
    Arrays.fill(AFTER_ALL, (byte) 0xFF);
  }

  private final Engine engine;
  private final Ledger ledger;
  private final StoreListener listener;
  private long records;

  private interface Teller {
    void tell(byte[] key, byte[] value) throws IOException;
  }

  StoredState(Engine engine, Ledger ledger, StoreListener listener) {
    this.engine = engine;
    this.ledger = ledger;
    this.listener = listener;
  }

  void tell(Recovery to) throws IOException {
    Records.Group last = Records.group(engine.get(Family.META, Keys.GROUP));
    ledger.knownGroup(last);
    to.lastSession(last.session());
    each(Family.SESSIONS, (key, value) -> {
      StoreOp.PutSession s = Records.session(key, value);
      ledger.knownSession(s);
      to.session(s);
    });
    each(Family.SUBSCRIPTIONS, (key, value) -> to.subscription(Records.subscription(key, value)));
    each(Family.RECEIVED, (key, value) -> to.received(Records.received(key, value)));
    each(Family.WILLS, (key, value) -> to.will(Records.will(key, value)));
    each(Family.DOOMED, (key, value) -> {
      Records.mark(Family.DOOMED, key, value);
      ledger.knownDoomed(Keys.numberAt(key, 0));
    });
    each(Family.RETAINED, (key, value) -> {
      Records.RetainedMessage r = Records.retained(key, value);
      ledger.knownRetained(r.message().topic(), r.number());
      to.retained(r.message(), r.number());
    });
  }

  private void each(Family family, Teller teller) throws IOException {
    try (Engine.Cursor c = engine.scan(family, Keys.FIRST, AFTER_ALL)) {
      while (c.next()) {
        teller.tell(c.key(), c.value());
        if (++records % TOLD_EVERY == 0) {
          listener.recovering(records);
        }
      }
    }
  }
}
