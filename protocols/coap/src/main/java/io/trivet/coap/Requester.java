package io.trivet.coap;

/// Sends requests to one peer: a transport, or a layer before it.
@FunctionalInterface
public interface Requester {
  /// Sends a request.
  ///
  /// @param replies told of all that comes back, on the loop that this was called on
  Pending send(Request request, Replies replies);

  /// A request under way.
  @FunctionalInterface
  interface Pending {
    /// Wants nothing more of it: retransmission stops, notifications are answered with a reset.
    void cancel();
  }

  /// What comes back.
  interface Replies {
    /// A response; for an observed resource, or a request to a group, each one.
    ///
    /// @param from who answered: of a group, one of its members
    void response(Response response, CoapPeer from);

    /// Nothing more comes.
    void failed(Failure failure);
  }

  enum Failure {
    /// Retransmitted as often as allowed, never acknowledged; or acknowledged, but never answered.
    TIMED_OUT,
    /// The peer knows nothing of it.
    RESET,
    /// The connection ended.
    CLOSED,
    /// What came back was not what the peer could have sent: a failed decryption, an impossible block.
    BROKEN
  }
}
