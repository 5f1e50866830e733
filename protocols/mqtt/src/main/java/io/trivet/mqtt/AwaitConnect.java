package io.trivet.mqtt;

import io.trivet.broker.Counter;
import io.trivet.mqtt.codec.ConnAck;
import io.trivet.mqtt.codec.Connect;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;

/// The first packet must be a CONNECT, and soon (MQTT-3.1.0-1).
final class AwaitConnect implements Phase {
  private final MqttConnection connection;

  AwaitConnect(MqttConnection connection) {
    this.connection = connection;
  }

  @Override
  public void on(Packet p) {
    if (p instanceof Connect connect) {
      connection.version(connect.version());
      connection.packetBytesMax(connect.maximumPacketSize());
      Authenticating.begin(connection, connect);
    } else {
      connection.violated(ReasonCode.PROTOCOL_ERROR, "MQTT-3.1.0-1", "the first packet is no CONNECT");
    }
  }

  @Override
  public void refuse(ReasonCode code, String why) {
    connection.loop().counters().increment(Counter.CONNECTS_REFUSED);
    connection.watcher().refused(connection.peer(), "", "malformed", why);
    if (code == ReasonCode.UNSUPPORTED_PROTOCOL_VERSION) {
      connection.sendLast(ConnAck.refusal(code), why); // MQTT-3.1.2-2
    } else {
      connection.end(why);
    }
  }

  @Override
  public void silent() {
    connection.loop().counters().increment(Counter.LIMIT_CONNECT_DEADLINE);
    refuse(ReasonCode.KEEP_ALIVE_TIMEOUT, "no CONNECT in time");
  }

  @Override
  public void ended(String why) {}
}
