package io.trivet.mqtt.codec;

/// The numbers under which MQTT 3.1.1 makes the statements of 5.0. MQTT 3.1 numbers none, so 3.1.1 speaks for it.
final class Statements {
  private Statements() {}

  /// @param rule as 5.0 numbers it, or what no version numbers
  static String in(Version v, String rule) {
    if (v == Version.V5) {
      return rule;
    }
    return switch (rule) {
      case "MQTT-1.5.4-1" -> "MQTT-1.5.3-1";
      case "MQTT-1.5.4-2" -> "MQTT-1.5.3-2";
      case "MQTT-1.5.5-1" -> "MQTT-2.2.3";
      case "MQTT-2.1.3-1" -> "MQTT-2.2.2-2";
      case "MQTT-2.2.1-3" -> "MQTT-2.3.1-1";
      case "MQTT-3.3.2-1" -> "MQTT-4.7.3-1";
      case "MQTT-4.13.1-1" -> "MQTT-4.8.0-1";
      default -> rule;
    };
  }
}
