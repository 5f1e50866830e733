package io.trivet.net.transport;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.trivet.base.Randomness;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/// The keys that session tickets are sealed with: the newest seals, the older ones only open. A ticket is a copy of
/// its session, so a key that leaked opens what was recorded while it was in use: hence the rotation (RFC 5077,
/// section 5.5).
final class TicketKeys {
  static final int KEPT = 3;

  private final Randomness randomness;
  private final Deque<OpenSslSessionTicketKey> keys = new ArrayDeque<>();

  TicketKeys(Randomness randomness) {
    this.randomness = randomness;
    rotate();
  }

  void rotate() {
    byte[] fresh = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
    randomness.fill(fresh);
    int name = OpenSslSessionTicketKey.NAME_SIZE;
    int hmac = name + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
    keys.addFirst(new OpenSslSessionTicketKey(
        Arrays.copyOfRange(fresh, 0, name),
        Arrays.copyOfRange(fresh, name, hmac),
        Arrays.copyOfRange(fresh, hmac, fresh.length)));
    Arrays.fill(fresh, (byte) 0);
    while (keys.size() > KEPT) {
      keys.removeLast();
    }
  }

  OpenSslSessionTicketKey[] newestFirst() {
    return keys.toArray(OpenSslSessionTicketKey[]::new);
  }
}
