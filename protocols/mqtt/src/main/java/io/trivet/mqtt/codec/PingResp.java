package io.trivet.mqtt.codec;

/// "I am" (MQTT 5.0, section 3.13).
public record PingResp() implements Packet {
  public static final PingResp INSTANCE = new PingResp();
}
