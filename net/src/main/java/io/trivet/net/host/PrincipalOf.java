package io.trivet.net.host;

import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import java.util.Optional;

/// Port: who a peer is by what its transport has proved, since CoAP knows no CONNECT. Called on an event loop, so it
/// answers from memory.
@FunctionalInterface
public interface PrincipalOf {
  /// [Principal#ANONYMOUS] where the listener, see [Peer#listener()], lets in whoever has proved nothing; empty for
  /// who is not known, is blocked, or had to prove something and did not.
  Optional<Principal> of(Peer peer);
}
