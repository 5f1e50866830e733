package io.trivet.coap;

import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import org.jspecify.annotations.Nullable;

/// The other end of requests, as far as its security reaches: an address, a DTLS association, a stream, an OSCORE
/// context. One object for as long as that lasts; equal only to itself, so it can key what is kept for it.
public interface CoapPeer {
  /// Address, listener and protection.
  Peer peer();

  /// Who it was proved to be; [Principal#ANONYMOUS] where nothing was.
  Principal principal();

  /// Whether its address is known to be its own: by a handshake, a stream, or an Echo (RFC 9175, section 2.4). To one that
  /// is not, replies stay below three times what it sent.
  boolean isProven();

  /// Whether messages cannot be lost or come twice, since a stream carries them (RFC 8323).
  boolean isReliable();

  /// How many bytes one message to it may have, header and all.
  int messageBytesMax();

  /// Whether it takes several blocks of 1,024 bytes in one message (RFC 8323, section 6).
  default boolean takesBert() {
    return false;
  }

  /// Told once when the peer is gone, or at once where it is already. A listener cannot be withdrawn: one for each table
  /// that knows the peer, not one for each request.
  void whenGone(Runnable listener);

  /// Something is kept for the peer beyond its request, such as an observation: until as many [#release]s as holds, it is
  /// not forgotten in favour of another.
  default void hold() {}

  default void release() {}

  /// The peer has shown that its address is its own.
  default void proved() {}

  /// Its share of what may come at a time; null where its transport holds it back.
  default @Nullable TokenBucket bucket() {
    return null;
  }
}
