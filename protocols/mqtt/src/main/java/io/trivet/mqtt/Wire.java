package io.trivet.mqtt;

import io.trivet.mqtt.codec.ByteSink;

/// Port: what a connection machine asks of the network.
public interface Wire {
  /// Where to write packets; what stands in it at the end of the cycle is sent. To be asked for anew for each packet.
  ByteSink sink();

  /// Bytes written but not yet taken by the peer's socket. Where the answer reached
  /// [MqttConnection#ROOM_AGAIN_BYTES], [MqttConnection#roomAgain()] follows once it is below again.
  int unsentBytes();

  /// Stops or resumes the feeding of bytes; what was not consumed is fed again.
  void pause(boolean paused);

  /// Closes once everything written was sent, or has had its time.
  void close();
}
