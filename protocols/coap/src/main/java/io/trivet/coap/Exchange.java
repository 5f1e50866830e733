package io.trivet.coap;

import io.trivet.base.Bytes;

/// One request at the server and the way back to who sent it. Layers wrap it: what one takes out of the request it puts
/// into the responses. Belongs to the loop it came on.
public interface Exchange {
  Request request();

  /// What tells this request from the peer's other open ones (RFC 7252, section 5.3.1; 0 to 65,804 bytes: RFC 8974).
  Bytes token();

  CoapPeer peer();

  /// Whether it was sent to a group (section 8): then errors stay unsaid and the answer takes its leisure.
  boolean isMulticast();

  /// Answers; once. At once, so that it goes with the acknowledgement, or later.
  void respond(Response response);

  /// Ends it without a response, in place of [#respond]: the peer learns by another exchange what became of it, as of all
  /// blocks of a burst but the last.
  void dismiss();

  /// Sends a further response to the same request, after [#respond]: a notification (RFC 7641) or a block (RFC 9177).
  ///
  /// @param confirmable whether the peer is to acknowledge it; over streams without meaning
  /// @param fate told what became of it, once; after [Fate#SENT] it may be told [Fate#RESET] once more, since a peer may
  ///     refuse a non-confirmable message too
  void notify(Response response, boolean confirmable, Fate.Listener fate);

  /// What became of a message sent.
  enum Fate {
    /// Non-confirmable, or over a stream: on its way, nothing more is known.
    SENT,
    ACKNOWLEDGED,
    /// The peer does not want it.
    RESET,
    /// Never acknowledged.
    TIMED_OUT,
    /// Not sent: the peer is gone, or too much waits for it.
    DROPPED;

    public boolean isReceived() {
      return this == SENT || this == ACKNOWLEDGED;
    }

    /// Told what became of one message.
    @FunctionalInterface
    public interface Listener {
      Listener NONE = _ -> {};

      void told(Fate fate);
    }
  }
}
