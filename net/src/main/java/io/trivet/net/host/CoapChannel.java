package io.trivet.net.host;

import io.netty.channel.ChannelHandlerContext;
import io.trivet.broker.Counter;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.stream.Framing;
import io.trivet.coap.stream.StreamConnection;
import io.trivet.coap.stream.StreamEndpoint;
import io.trivet.coap.stream.StreamPort;
import java.util.Optional;

/// CoAP on a channel of TCP, TLS or WebSocket.
final class CoapChannel extends MachineChannel implements StreamPort {
  private final LoopRunner runner;
  private final boolean webSocket;
  private final boolean refused;
  private final StreamConnection machine;

  /// @param principal whom the peer was proved to be; empty for one who is to be told that it is not known
  CoapChannel(LoopRunner runner, StreamEndpoint endpoint, Framing framing, Peer peer, Optional<Principal> principal,
      Runnable onClosed) {
    super(runner, ROOM_AGAIN_BYTES, framing == Framing.WEB_SOCKET, onClosed);
    this.runner = runner;
    this.webSocket = framing == Framing.WEB_SOCKET;
    this.refused = principal.isEmpty();
    this.machine = endpoint.connection(framing, peer, principal.orElse(Principal.ANONYMOUS), this);
  }

  StreamConnection machine() {
    return machine;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    runner.enter();
    machine.start();
    if (refused) {
      Peer peer = machine.peer().peer();
      runner.broker().counters().increment(Counter.CONNECTS_REFUSED);
      runner.broker().broker().watcher().refused(peer, "", "not-authorized", "no known device by " + peer.identity());
      machine.abort("no device is known by this credential, or it is blocked");
    }
  }

  @Override
  public void send(byte[] message) {
    if (webSocket) {
      writeWhole(message);
    } else {
      sink().write(message, message.length);
    }
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
