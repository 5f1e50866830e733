package io.trivet.mqtt;

import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;

/// Waits for nothing any more.
record Closed() implements Phase {
  static final Closed INSTANCE = new Closed();

  @Override
  public void on(Packet p) {}

  @Override
  public void refuse(ReasonCode code, String why) {}

  @Override
  public void silent() {}

  @Override
  public void ended(String why) {}
}
