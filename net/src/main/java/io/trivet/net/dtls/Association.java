package io.trivet.net.dtls;

import io.trivet.broker.Peer;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A finished handshake with one peer: one object for as long as its keys live, also where the peer's address moves
/// under its connection id (RFC 9146). Equal only to itself. Used on its own loop only.
public interface Association {
  /// Where records go to now: the source of the newest authentic record. Once the association ended, the last such.
  InetSocketAddress address();

  /// Who it is, with the address the handshake was held with; what it holds does not change when the address moves.
  Peer peer();

  /// Whether the peer is known to receive at [#address()]: by the handshake, or because [#proved()] was called after the
  /// address last moved. While it is not, send no more than three times what came from there (RFC 9146, section 6).
  boolean isProven();

  /// The layer above saw, in a fresh record, what only a receiver at [#address()] can know, such as an Echo
  /// (RFC 9175, section 2.4).
  void proved();

  /// What the layer above keeps for this peer; null until it is attached.
  @Nullable Object attachment();

  void attach(@Nullable Object attachment);
}
