package io.trivet.coap.block;

import io.trivet.broker.Timers;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one loop keeps of transfers in bursts, by what they belong to. Full of one peer's, that peer's least recently used
/// one goes; full of bytes, the least recently used of all.
final class Bodies<B extends Bodies.Body> {
  /// One of them, and the timer that ends it or makes it go on.
  abstract static class Body extends Timers.Timer {
    final Transfers.Key key;
    int bytes;
    boolean isKept;

    Body(Transfers.Key key) {
      this.key = key;
    }

    /// It is forgotten before its end, while its peer is still there.
    abstract void dropped();
  }

  private final CoapLoop loop;
  private final int perPeerMax;
  private final long bytesMax;
  private final Map<Transfers.Key, B> all = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<CoapPeer, Map<Transfers.Key, B>> perPeer = new HashMap<>();
  private long bytes;

  Bodies(CoapLoop loop, int perPeerMax, long bytesMax) {
    this.loop = loop;
    this.perPeerMax = perPeerMax;
    this.bytesMax = bytesMax;
  }

  int count() {
    return all.size();
  }

  long bytes() {
    return bytes;
  }

  @Nullable B find(Transfers.Key key) {
    B b = all.get(key);
    if (b != null) {
      own(b.key.peer()).get(key);
    }
    return b;
  }

  private Map<Transfers.Key, B> own(CoapPeer peer) {
    Map<Transfers.Key, B> own = perPeer.get(peer);
    if (own == null) {
      throw new AssertionError("a body of a peer that has none");
    }
    return own;
  }

  /// @return false where the peer is gone, and with it who could go on
  boolean put(B b) {
    CoapPeer peer = b.key.peer();
    if (!perPeer.containsKey(peer)) {
      perPeer.put(peer, new LinkedHashMap<>(4, 0.75f, true));
      peer.whenGone(() -> gone(peer));
    }
    Map<Transfers.Key, B> own = perPeer.get(peer);
    if (own == null) {
      return false;
    }
    drop(all.get(b.key));
    if (own.size() >= perPeerMax) {
      drop(own.values().iterator().next());
    }
    own.put(b.key, b);
    all.put(b.key, b);
    b.isKept = true;
    return true;
  }

  /// It holds so many bytes from now on.
  void holds(B b, int count) {
    bytes += count - b.bytes;
    b.bytes = count;
    while (bytes > bytesMax && all.size() > 1) {
      drop(all.values().iterator().next());
    }
  }

  void drop(@Nullable B b) {
    if (b != null && b.isKept) {
      remove(b);
      b.dropped();
    }
  }

  /// It has come to its end.
  void remove(B b) {
    if (b.isKept) {
      all.remove(b.key);
      own(b.key.peer()).remove(b.key);
      forget(b);
    }
  }

  private void forget(Body b) {
    b.isKept = false;
    bytes -= b.bytes;
    b.bytes = 0;
    loop.timers().cancel(b);
  }

  private void gone(CoapPeer peer) {
    Map<Transfers.Key, B> own = perPeer.remove(peer);
    if (own != null) {
      own.values().forEach(b -> {
        all.remove(b.key);
        forget(b);
      });
    }
  }
}
