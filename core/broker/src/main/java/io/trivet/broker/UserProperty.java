package io.trivet.broker;

/// A name and value that travel with a message; names may repeat and their order is kept (MQTT 5.0, 3.3.2.3.7).
public record UserProperty(String name, String value) {}
