package io.trivet.mqtt.codec;

/// An MQTT control packet of any version.
public sealed interface Packet
    permits Connect, ConnAck, Publish, PubAck, PubRec, PubRel, PubComp, Subscribe, SubAck, Unsubscribe, UnsubAck,
        PingReq, PingResp, Disconnect, Auth {
  /// The packet without the reason string, which may not make it larger than its receiver takes
  /// (MQTT-3.4.2-2 and its like).
  default Packet withoutDiagnostics() {
    return this;
  }
}
