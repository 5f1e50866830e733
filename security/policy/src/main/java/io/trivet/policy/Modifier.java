package io.trivet.policy;

import io.trivet.base.Parsed;
import io.trivet.broker.Message;

/// Carries a modification out on a message. Called on event loops, with payloads as peers sent them.
public interface Modifier {
  /// The changed message, or why its payload could not be read.
  Parsed<Message> apply(Modification modification, Message message);
}
