package io.trivet.coap.stream;

/// Port: what a connection asks of the network.
public interface StreamPort {
  /// The port tells when it holds less than this again.
  int ROOM_AGAIN_BYTES = 128 << 10;

  /// Sends one message; over WebSocket it fills one WebSocket message. It leaves as soon as the cycle ends.
  void send(byte[] message);

  /// Bytes sent but not yet taken by the peer's socket. Where the answer reached [#ROOM_AGAIN_BYTES],
  /// [StreamConnection#roomAgain()] follows once it is below again.
  int unsentBytes();

  /// Stops or resumes the feeding of bytes; what was not consumed is fed again.
  void pause(boolean paused);

  /// Closes once everything sent has left, or has had its time.
  void close();
}
