package io.trivet.coap.message;

/// Port: sends datagrams.
@FunctionalInterface
public interface DatagramSink {
  /// Sends `datagram` whole, as soon as the cycle ends; the array must not change afterwards.
  void send(DatagramPeer to, byte[] datagram);
}
