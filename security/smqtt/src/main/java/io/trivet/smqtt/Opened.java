package io.trivet.smqtt;

import io.trivet.base.Bytes;

/// What came of a message.
public sealed interface Opened {
  String topic();

  /// @param sender who made the header; who made this message is certain only where it is `signed`
  /// @param kid the header's hash, 32 bytes
  /// @param repeat the newest message on its topic came again, as a retained one does after each subscription; an
  ///     application for which acting twice matters leaves it aside
  record Message(String topic, Bytes payload, Properties properties, String sender, Bytes kid, long counter,
      boolean signed, boolean repeat) implements Opened {}

  /// The header has not come yet; the message's fate comes from [Opener#late()].
  record Waiting(String topic) implements Opened {}

  record Refused(String topic, Refusal reason, String what) implements Opened {}
}
