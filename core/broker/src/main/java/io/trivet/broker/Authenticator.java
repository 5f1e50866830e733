package io.trivet.broker;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.util.Optional;
import java.util.function.Consumer;

/// Port: finds out who a peer is. Called on an event loop, answers later from any thread, exactly once for each call;
/// hashing and certificate checks run elsewhere.
public interface Authenticator {
  /// Judges the credential of a CONNECT. The attempt's password is the callee's to close.
  void authenticate(Attempt attempt, Consumer<Outcome> answer);

  /// Begins an exchange of several steps (MQTT 5.0, section 4.12), or nothing where the method is not known.
  Optional<Exchange> begin(Peer peer, Optional<ClientId> clientId, String method);

  /// Whether what was accepted still is: asked once a session is given, since a device may have been blocked while its
  /// password was being checked. Cheap; called on an event loop.
  default boolean isCurrent(Principal principal) {
    return true;
  }

  /// A credential as it came.
  ///
  /// @param clientId absent where the client asks for one to be assigned
  /// @param userName absent where the peer named none
  /// @param password absent where the peer sent none
  record Attempt(
      Peer peer, Optional<ClientId> clientId, Optional<String> userName, Optional<SecretBytes> password) {}

  /// One exchange under way, used by one connection. A step is not begun before the last one has answered.
  interface Exchange {
    /// @param data what the peer sent; empty where it sent none
    void step(Bytes data, Consumer<Outcome> answer);
  }

  sealed interface Outcome {
    /// @param data what the peer gets with its success (SCRAM's server signature); empty for none
    /// @param assigned the id to give a client that brought none; absent where any will do
    record Accepted(Principal principal, Bytes data, Optional<ClientId> assigned) implements Outcome {}

    /// The exchange goes on: send this to the peer.
    record Continue(Bytes data) implements Outcome {}

    /// @param log why, for the operator; the peer learns only the refusal
    record Refused(Refusal refusal, String log) implements Outcome {}
  }

  enum Refusal {
    BAD_CREDENTIAL,
    NOT_AUTHORIZED,
    CLIENT_ID_NOT_ALLOWED,
    BLOCKED,
    BAD_METHOD,
    TOO_BUSY
  }
}
