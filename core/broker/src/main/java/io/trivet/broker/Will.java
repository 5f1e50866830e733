package io.trivet.broker;

/// What is published for a session whose connection ended without a DISCONNECT (MQTT 5.0, section 3.1.2.5).
///
/// @param delaySeconds how long to wait for the session to be resumed before it is published, 0 to 4,294,967,295
/// @param expirySeconds how long the message lives once it is published; -1 for ever
public record Will(Message message, long delaySeconds, long expirySeconds) {}
