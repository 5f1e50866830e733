package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The transfers under way on one loop, oldest first, within bounds: a peer that begins ever more of them loses its own,
/// and what all hold together never exceeds its limit.
final class Transfers {
  /// One operation of one peer: what makes two block messages belong together (RFC 9175, section 3.3).
  record Key(CoapPeer peer, boolean up, Code method, Options options) {
    static Key of(CoapPeer peer, boolean up, Request r) {
      return new Key(peer, up, r.method(), r.options().where(Key::matters).compact());
    }

    private static boolean matters(int option) {
      return !OptionNumber.isNoCacheKey(option) && option != OptionNumber.BLOCK1.number()
          && option != OptionNumber.BLOCK2.number() && option != OptionNumber.Q_BLOCK1.number()
          && option != OptionNumber.Q_BLOCK2.number() && option != OptionNumber.OBSERVE.number()
          && option != OptionNumber.ECHO.number() && option != OptionNumber.NO_RESPONSE.number()
          && option != OptionNumber.ETAG.number() || option == OptionNumber.REQUEST_TAG.number();
    }
  }

  /// A body that grows, or one that is handed out.
  static final class Transfer {
    final Key key;
    final @Nullable Response response;
    byte[] body;
    int length;
    long usedNanos;

    /// @param response what is handed out; null for a body that grows
    Transfer(Key key, @Nullable Response response, byte[] body, int length) {
      this.key = key;
      this.response = response;
      this.body = body;
      this.length = length;
    }

    void append(Bytes more) {
      if (body.length < length + more.length()) {
        body = Arrays.copyOf(body, Math.max(length + more.length(), body.length * 2));
      }
      more.copyTo(body, length);
      length += more.length();
    }
  }

  private final BlockSettings settings;
  private final Map<Key, Transfer> all = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<CoapPeer, int[]> perPeer = new HashMap<>();
  private long bytes;

  Transfers(BlockSettings settings) {
    this.settings = settings;
  }

  int count() {
    return all.size();
  }

  long bytes() {
    return bytes;
  }

  /// The transfer, if it went on within the time it has.
  @Nullable Transfer find(Key key, long nowNanos) {
    trim(nowNanos);
    Transfer t = all.get(key);
    if (t != null) {
      t.usedNanos = nowNanos;
    }
    return t;
  }

  void put(Transfer t, long nowNanos) {
    remove(t.key);
    t.usedNanos = nowNanos;
    int[] counts = perPeer.get(t.key.peer);
    if (counts == null) {
      counts = new int[2];
      perPeer.put(t.key.peer, counts);
      t.key.peer.whenGone(() -> gone(t.key.peer));
      if (!perPeer.containsKey(t.key.peer)) {
        return; // gone already, while its answer was made: nobody will fetch the rest
      }
    }
    if (counts[t.key.up ? 1 : 0] >= settings.bodiesPerPeer()) {
      dropOldestOf(t.key.peer, t.key.up);
    }
    all.put(t.key, t);
    counts[t.key.up ? 1 : 0]++;
    bytes += t.body.length;
    trim(nowNanos);
  }

  void grown(Transfer t, int before, long nowNanos) {
    bytes += t.body.length - before;
    trim(nowNanos);
  }

  /// Drops what does not go on, and the oldest while there is too much.
  void trim(long nowNanos) {
    Iterator<Transfer> i = all.values().iterator();
    while (i.hasNext()) {
      Transfer oldest = i.next();
      if (bytes <= settings.keptBytesMax() && nowNanos - oldest.usedNanos < settings.patience().toNanos()) {
        return;
      }
      i.remove();
      forget(oldest);
    }
  }

  private void dropOldestOf(CoapPeer peer, boolean up) {
    for (Transfer t : all.values()) {
      if (t.key.peer == peer && t.key.up == up) {
        remove(t.key);
        return;
      }
    }
  }

  void remove(Key key) {
    Transfer t = all.remove(key);
    if (t != null) {
      forget(t);
    }
  }

  private void forget(Transfer t) {
    bytes -= t.body.length;
    int[] counts = perPeer.get(t.key.peer);
    if (counts != null) {
      counts[t.key.up ? 1 : 0]--;
    }
  }

  private void gone(CoapPeer peer) {
    perPeer.remove(peer);
    all.values().removeIf(t -> {
      if (t.key.peer == peer) {
        bytes -= t.body.length;
        return true;
      }
      return false;
    });
  }
}
