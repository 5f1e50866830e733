package io.trivet.cli.coap;

import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.message.DatagramEndpoint;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.DatagramPeer;
import io.trivet.coap.message.PeerTable;
import io.trivet.coap.message.Transmission;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks all CoAP servers of the networks near by at once (RFC 7252, sections 8 and 12.8).
public final class GroupClient implements AutoCloseable {
  private static final List<String> GROUPS = List.of("224.0.1.187", "ff02::fd", "ff05::fd");
  private static final int HEARD_MAX = 10_000;

  /// A group as one network interface reaches it.
  private record Place(NetworkInterface through, InetSocketAddress group) {
    @Override
    public String toString() {
      return group.getAddress().getHostAddress() + " on " + through.getName();
    }
  }

  private final LinkedBlockingQueue<Heard> heard = new LinkedBlockingQueue<>(HEARD_MAX);
  private final ClientLoop loop;
  private final DatagramSocket socket;
  private final DatagramEndpoint endpoint;
  private final PeerTable members;
  private final List<DatagramPeer> places = new ArrayList<>();
  private final Trace trace;
  private volatile boolean closed;

  private GroupClient(Trace trace) throws IOException {
    this.trace = trace;
    socket = new DatagramSocket();
    loop = new ClientLoop(e -> heard.offer(new Heard.Broken(e)));
    endpoint = new DatagramEndpoint(loop, Transmission.DEFAULT, DatagramLimits.DEFAULT, new Counters(),
        e -> e.respond(Response.of(Code.NOT_FOUND)), this::send);
    members = new PeerTable(endpoint);
  }

  /// @param networkInterface its name; null for all that are up
  /// @throws IOException where there is none
  public static GroupClient open(@Nullable String networkInterface, int port, Trace trace) throws IOException {
    List<NetworkInterface> through = new ArrayList<>();
    for (NetworkInterface n : NetworkInterface.networkInterfaces().toList()) {
      if (n.isUp() && (n.supportsMulticast() || n.isLoopback())
          && (networkInterface == null || networkInterface.equals(n.getName()))) {
        through.add(n);
      }
    }
    if (through.isEmpty()) {
      throw new IOException(networkInterface == null ? "no network interface is up"
          : networkInterface + ": no such network interface, or it is down");
    }
    GroupClient c = new GroupClient(trace);
    for (NetworkInterface n : through) {
      for (String group : GROUPS) {
        InetAddress g = InetAddress.getByName(group);
        Class<?> family = g instanceof Inet4Address ? Inet4Address.class : Inet6Address.class;
        if (n.inetAddresses().anyMatch(family::isInstance)) {
          InetSocketAddress to = new InetSocketAddress(
              g instanceof Inet6Address six ? Inet6Address.getByAddress(null, six.getAddress(), n) : g, port);
          c.places.add(c.peer(to, new Place(n, to)));
        }
      }
    }
    c.loop.start();
    Thread.ofVirtual().name("coap-receive").start(c::receive);
    return c;
  }

  private DatagramPeer peer(InetSocketAddress address, Object carrier) {
    return endpoint.peer(new Peer(address, "coap", false, "", TransportIdentity.NONE), Principal.ANONYMOUS, true,
        UdpConnection.MESSAGE_BYTES_MAX, carrier);
  }

  private void send(DatagramPeer to, byte[] datagram) {
    trace.sent(to.carrier(), datagram);
    try {
      if (to.carrier() instanceof Place(NetworkInterface through, _)) {
        socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, through);
      }
      socket.send(new DatagramPacket(datagram, datagram.length, to.peer().address()));
    } catch (IOException e) {
      // One network that takes no multicast is no reason to ask none of the others.
      heard.offer(new Heard.Silence(to.carrier() + ": " + e.getMessage()));
    }
  }

  private void receive() {
    byte[] buffer = new byte[UdpConnection.DATAGRAM_BYTES_MAX];
    while (!closed) {
      DatagramPacket p = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(p);
      } catch (IOException e) {
        if (!closed) {
          heard.offer(new Heard.Silence(String.valueOf(e.getMessage())));
        }
        return;
      }
      byte[] datagram = Arrays.copyOf(buffer, p.getLength());
      InetSocketAddress from = (InetSocketAddress) p.getSocketAddress();
      loop.later(() -> {
        trace.received(from, datagram, datagram.length);
        DatagramPeer member = members.find(from, a -> peer(a, a));
        if (member != null) {
          endpoint.receive(member, datagram, datagram.length, false);
        }
      });
    }
  }

  /// Sends a request to every group on every network.
  public void send(Request request) {
    loop.later(() -> places.forEach(p -> endpoint.groupRequester(p).send(request, new Requester.Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        heard.offer(new Heard.Answer(response, from));
      }

      @Override
      public void failed(Requester.Failure failure) {
        heard.offer(new Heard.Silence("nobody else answers"));
      }
    })));
  }

  /// What is heard next, or silence when so much time has passed.
  public Heard await(Duration patience) throws InterruptedException {
    Heard h = heard.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (h instanceof Heard.Broken(Throwable why)) {
      throw new AssertionError("the client's loop broke", why);
    }
    return h == null ? new Heard.Silence("nobody answered") : h;
  }

  @Override
  public void close() {
    closed = true;
    socket.close();
    loop.close();
  }
}
