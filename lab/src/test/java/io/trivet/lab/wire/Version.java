package io.trivet.lab.wire;

public enum Version {
  V3_1(3, "MQIsdp"),
  V3_1_1(4, "MQTT"),
  V5(5, "MQTT");

  final int level;
  final String protocolName;

  Version(int level, String protocolName) {
    this.level = level;
    this.protocolName = protocolName;
  }
}
