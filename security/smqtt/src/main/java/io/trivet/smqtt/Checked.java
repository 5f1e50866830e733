package io.trivet.smqtt;

/// What a broker sees of a publication without any key.
public sealed interface Checked {
  /// A sealed message.
  ///
  /// @param sender whose header it names
  record Message(String sender) implements Checked {}

  /// A key header on its topic, its signature verified.
  record Header(String sender) implements Checked {}

  /// A key topic is cleared.
  record Cleared() implements Checked {}

  record Refused(Refusal reason) implements Checked {}
}
