package io.trivet.cli.coap;

import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.message.DatagramEndpoint;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.DatagramPeer;
import io.trivet.coap.message.Transmission;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.Arrays;
import java.util.function.Consumer;

/// One server over UDP in the clear. A socket of its own that is connected, so that a port where nobody listens is known
/// at once.
final class UdpConnection implements Connection {
  static final int DATAGRAM_BYTES_MAX = 65_535;
  static final int MESSAGE_BYTES_MAX = 1_152; // RFC 7252, section 4.6, for a path whose limit is not known

  private final ClientLoop loop;
  private final DatagramSocket socket;
  private final DatagramEndpoint endpoint;
  private final DatagramPeer peer;
  private final Trace trace;
  private final InetSocketAddress address;
  private volatile String reason = "";
  private volatile boolean closed;

  private UdpConnection(InetSocketAddress address, Trace trace, Consumer<Throwable> broken) throws IOException {
    this.address = address;
    this.trace = trace;
    socket = new DatagramSocket();
    socket.connect(address);
    loop = new ClientLoop(broken);
    endpoint = new DatagramEndpoint(loop, Transmission.DEFAULT, DatagramLimits.DEFAULT, new Counters(),
        e -> e.respond(Response.of(Code.NOT_FOUND)), (_, datagram) -> send(datagram));
    peer = endpoint.peer(new Peer(address, "coap", false, "", TransportIdentity.NONE), Principal.ANONYMOUS, true,
        MESSAGE_BYTES_MAX, address);
  }

  /// @param broken told of a defect, after which nothing comes
  static UdpConnection open(InetSocketAddress address, Trace trace, Consumer<Throwable> broken) throws IOException {
    UdpConnection c = new UdpConnection(address, trace, broken);
    c.loop.start();
    Thread.ofVirtual().name("coap-receive").start(c::receive);
    return c;
  }

  private void send(byte[] datagram) {
    trace.sent(address, datagram);
    try {
      socket.send(new DatagramPacket(datagram, datagram.length));
    } catch (PortUnreachableException e) {
      gone("nobody listens there");
    } catch (IOException e) {
      gone(String.valueOf(e.getMessage()));
    }
  }

  private void receive() {
    byte[] buffer = new byte[DATAGRAM_BYTES_MAX];
    while (!closed) {
      DatagramPacket p = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(p);
      } catch (PortUnreachableException e) {
        loop.later(() -> gone("nobody listens there"));
        continue;
      } catch (IOException e) {
        loop.later(() -> gone(String.valueOf(e.getMessage())));
        return;
      }
      byte[] datagram = Arrays.copyOf(buffer, p.getLength());
      loop.later(() -> {
        trace.received(address, datagram, datagram.length);
        endpoint.receive(peer, datagram, datagram.length, false);
      });
    }
  }

  private void gone(String why) {
    if (!closed && reason.isEmpty()) {
      reason = why;
      loop.later(peer::leave); // not within the send that found it out
    }
  }

  @Override
  public CoapLoop loop() {
    return loop;
  }

  @Override
  public Requester requester() {
    return endpoint.requester(peer);
  }

  @Override
  public CoapPeer peer() {
    return peer;
  }

  @Override
  public String reason() {
    return reason;
  }

  @Override
  public void close() {
    closed = true;
    socket.close();
    loop.close();
  }
}
