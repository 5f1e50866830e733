package io.trivet.mqtt.codec;

/// The versions of the protocol, by the level byte of CONNECT.
public enum Version {
  V3_1(3, "MQTT 3.1"),
  V3_1_1(4, "MQTT 3.1.1"),
  V5(5, "MQTT 5.0");

  private final int level;
  private final String title;

  Version(int level, String title) {
    this.level = level;
    this.title = title;
  }

  public int level() {
    return level;
  }

  @Override
  public String toString() {
    return title;
  }
}
