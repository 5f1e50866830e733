package io.trivet.coap.message;

import io.trivet.broker.Counter;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The peers of one plain listener on one loop, by their addresses. When it is full the one that was silent longest makes
/// room, unless something is under way with it or kept for it: so a flood from invented addresses pushes out its own kind,
/// not the observers.
public final class PeerTable {
  /// How many of the silent are looked at to find one that may go.
  private static final int LOOKED_AT_MAX = 16;

  private final DatagramEndpoint endpoint;
  private final Map<InetSocketAddress, DatagramPeer> peers = new HashMap<>();
  private @Nullable DatagramPeer oldest;
  private @Nullable DatagramPeer newest;

  public PeerTable(DatagramEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  public int size() {
    return peers.size();
  }

  /// The peer of that address, or null where there is no room for one more.
  ///
  /// @param made makes one for an address that is not known
  public @Nullable DatagramPeer find(InetSocketAddress address, Function<InetSocketAddress, DatagramPeer> made) {
    DatagramPeer p = peers.get(address);
    if (p != null) {
      if (p != newest) {
        unlink(p);
        link(p);
      }
      return p;
    }
    if (peers.size() >= endpoint.limits().peersMax() && !makeRoom()) {
      endpoint.counters().increment(Counter.COAP_LIMIT_PEERS);
      return null;
    }
    p = made.apply(address);
    peers.put(address, p);
    link(p);
    return p;
  }

  private boolean makeRoom() {
    for (int i = 0; i < LOOKED_AT_MAX; i++) {
      DatagramPeer p = oldest;
      if (p == null) {
        return false;
      }
      unlink(p);
      if (!p.isBusy()) {
        peers.remove(p.peer().address());
        p.leave();
        return true;
      }
      link(p); // to be looked at again when all others have been
    }
    return false;
  }

  /// Ends all, when the listener closes.
  public void close() {
    peers.values().forEach(DatagramPeer::leave);
    peers.clear();
    oldest = null;
    newest = null;
  }

  private void link(DatagramPeer p) {
    p.older = newest;
    p.newer = null;
    if (newest == null) {
      oldest = p;
    } else {
      newest.newer = p;
    }
    newest = p;
  }

  private void unlink(DatagramPeer p) {
    if (p.older == null) {
      oldest = p.newer;
    } else {
      p.older.newer = p.newer;
    }
    if (p.newer == null) {
      newest = p.older;
    } else {
      p.newer.older = p.older;
    }
  }
}
