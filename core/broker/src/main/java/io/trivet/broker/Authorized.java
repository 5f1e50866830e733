package io.trivet.broker;

/// Proof that the [Decider] let this message be published: only a decision makes one, and only one can be routed.
final class Authorized {
  private final Message message;

  private Authorized(Message message) {
    this.message = message;
  }

  Message message() {
    return message;
  }

  /// The proof that follows from a decision on `asked`; one to delay allows it after the wait.
  ///
  /// @throws IllegalArgumentException for a denial
  static Authorized by(Decider.Decision decision, Message asked) {
    return switch (decision) {
      case Decider.Decision.Allow _, Decider.Decision.Delay _ -> new Authorized(asked);
      case Decider.Decision.Modify(Message changed) -> new Authorized(changed);
      case Decider.Decision.Unfit(String what) -> throw new IllegalArgumentException("unfit: " + what);
      case Decider.Decision.Deny(String rule) -> throw new IllegalArgumentException("denied by " + rule);
    };
  }

  /// A decision that [Session#mayPublish] remembers and that still holds.
  static Authorized byEarlier(Message asked) {
    return new Authorized(asked);
  }

  /// The server's own messages are not judged.
  static Authorized byServer(Message own) {
    return new Authorized(own);
  }
}
