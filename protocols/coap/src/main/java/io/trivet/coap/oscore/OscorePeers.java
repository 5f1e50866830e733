package io.trivet.coap.oscore;

import io.trivet.coap.CoapPeer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One peer object for each association and address. When there are too many, one that is not held and was longest unused
/// gives way.
final class OscorePeers {
  private static final int LOOKED_AT_MAX = 64;

  /// Both are equal only to themselves.
  private record Key(OscoreAssociation association, CoapPeer below) {}

  private final int max;
  private final Map<Key, OscorePeer> peers = new LinkedHashMap<>(16, 0.75f, true);

  OscorePeers(int max) {
    this.max = max;
  }

  /// Empty where there are too many and none can be let go.
  Optional<OscorePeer> of(OscoreAssociation association, CoapPeer below) {
    Key key = new Key(association, below);
    OscorePeer known = peers.get(key);
    if (known != null && !known.isGone()) {
      return Optional.of(known);
    }
    if (peers.size() >= max && !makeRoom()) {
      return Optional.empty();
    }
    OscorePeer made = new OscorePeer(association, below);
    peers.put(key, made);
    made.whenGone(() -> peers.remove(key, made));
    return Optional.of(made);
  }

  int size() {
    return peers.size();
  }

  private boolean makeRoom() {
    int looked = 0;
    for (Iterator<OscorePeer> i = peers.values().iterator(); i.hasNext() && looked < LOOKED_AT_MAX; looked++) {
      OscorePeer eldest = i.next();
      if (!eldest.isHeld()) {
        i.remove();
        eldest.leave();
        return true;
      }
    }
    return false;
  }
}
