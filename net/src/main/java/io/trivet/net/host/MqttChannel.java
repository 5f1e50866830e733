package io.trivet.net.host;

import io.trivet.broker.Peer;
import io.trivet.mqtt.MqttConnection;
import io.trivet.mqtt.MqttContext;
import io.trivet.mqtt.Wire;

/// MQTT on a channel.
final class MqttChannel extends MachineChannel implements Wire {
  private final MqttConnection machine;

  MqttChannel(LoopRunner runner, MqttContext context, Peer peer, Runnable onClosed) {
    super(runner, MqttConnection.ROOM_AGAIN_BYTES, false, onClosed);
    this.machine = new MqttConnection(runner.broker(), context, runner.topicNames(), peer, this);
  }

  @Override
  int receive(byte[] bytes, int from, int to) {
    return machine.receive(bytes, from, to);
  }

  @Override
  int bytesNeeded() {
    return machine.bytesNeeded();
  }

  @Override
  void failed(Throwable fault) {
    machine.failed(fault);
  }

  @Override
  void roomAgain() {
    machine.roomAgain();
  }

  @Override
  void gone() {
    machine.closed();
  }
}
