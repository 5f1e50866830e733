package io.trivet.net.dtls;

import io.trivet.base.Clock;
import io.trivet.net.transport.Refusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.InMemoryConnectionStore;
import org.jspecify.annotations.Nullable;

/// The connections of one loop: bounded, and with a bound on those whose handshake is not finished, of which one
/// address may hold a quarter. Asked only after the cookie came back, so an address cannot be invented.
///
/// The store without read and write locks is meant: one loop uses it, and workers seldom.
@SuppressWarnings("deprecation")
final class AssociationStore extends InMemoryConnectionStore {
  private static final int SHARES = 4;

  /// Hears who found a place and who lost one. Called under the store's lock: must not call back.
  interface Places {
    void refused(InetSocketAddress address, Refusal why);

    /// The peer began a handshake from the same address, and without a connection id nobody can reach the old
    /// association any more.
    void replaced(Connection lost);
  }

  private record Shaking(Connection connection, InetAddress from, long sinceNanos) {}

  private final int handshakesMax;
  private final int addressHandshakesMax;
  private final Clock clock;
  private final Places places;

  /// In the order they began.
  private final Map<ConnectionId, Shaking> shaking = new LinkedHashMap<>();

  private final Map<InetAddress, Integer> byAddress = new HashMap<>();

  AssociationStore(DtlsSettings settings, Clock clock, Places places) {
    super(settings.associationsMax(), settings.staleAfter().toSeconds());
    this.handshakesMax = settings.handshakesMax();
    this.addressHandshakesMax = Math.max(1, handshakesMax / SHARES);
    this.clock = clock;
    this.places = places;
  }

  @Override
  public boolean put(@Nullable Connection connection) {
    if (connection == null || connection.hasEstablishedDtlsContext()) {
      return super.put(connection);
    }
    InetSocketAddress from = connection.getPeerAddress();
    synchronized (this) {
      Connection before = get(from);
      Optional<Refusal> full = room(from.getAddress());
      if (full.isEmpty() && !super.put(connection)) {
        full = Optional.of(Refusal.CONNECTIONS_MAX);
      }
      if (full.isPresent()) {
        places.refused(from, full.get());
        return false;
      }
      if (before != null && before.hasEstablishedDtlsContext() && !before.expectCid()) {
        places.replaced(before);
      }
      shaking.put(connection.getConnectionId(),
          new Shaking(connection, from.getAddress(), clock.monotonicNanos()));
      byAddress.merge(from.getAddress(), 1, Integer::sum);
      return true;
    }
  }

  private Optional<Refusal> room(InetAddress from) {
    if (shaking.size() >= handshakesMax) {
      return Optional.of(Refusal.HANDSHAKES_MAX);
    }
    return byAddress.getOrDefault(from, 0) >= addressHandshakesMax
        ? Optional.of(Refusal.ADDRESS_HANDSHAKES_MAX)
        : Optional.empty();
  }

  /// Its handshake is over, one way or the other.
  ///
  /// @return whether it was under way until now
  synchronized boolean handshakeEnded(Connection connection) {
    Shaking s = shaking.remove(connection.getConnectionId());
    if (s == null) {
      return false;
    }
    byAddress.computeIfPresent(s.from, (_, n) -> n == 1 ? null : n - 1);
    return true;
  }

  /// Those that began no later than `nanos`.
  synchronized List<Connection> shakingSince(long nanos) {
    List<Connection> old = new ArrayList<>();
    for (Shaking s : shaking.values()) {
      if (s.sinceNanos - nanos > 0) {
        break;
      }
      old.add(s.connection);
    }
    return old;
  }

  synchronized int handshakes() {
    return shaking.size();
  }
}
