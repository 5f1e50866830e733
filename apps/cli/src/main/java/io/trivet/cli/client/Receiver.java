package io.trivet.cli.client;

import io.trivet.mqtt.codec.Publish;

/// Takes the messages of a client, one after the other, on the thread that reads them: what is not taken yet holds the
/// server back.
@FunctionalInterface
public interface Receiver {
  /// @return whether it was taken, and may be acknowledged
  boolean receive(Publish message);
}
