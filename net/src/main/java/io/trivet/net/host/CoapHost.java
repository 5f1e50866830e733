package io.trivet.net.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Handler;
import io.trivet.coap.message.DatagramEndpoint;
import io.trivet.coap.message.DatagramPeer;
import io.trivet.coap.message.PeerTable;
import io.trivet.coap.stream.StreamLimits;
import io.trivet.net.dtls.DtlsListener;
import io.trivet.net.ipsec.IpsecProof;
import io.trivet.net.transport.EventLoops;
import io.trivet.net.transport.ListenException;
import io.trivet.net.transport.ProvedSockets;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/// CoAP on the loops of a [BrokerHost]: each listener has a socket on every loop, among which the system spreads the
/// peers by their addresses, so that all of one peer happens on one loop.
public final class CoapHost implements AutoCloseable {
  /// A datagram larger than a link carries whole (1,500 bytes) is rare, and blocks are at most 1,024 bytes.
  private static final int DATAGRAM_BYTES_MAX = 2_048;

  private static final int DATAGRAMS_PER_READ = 64;

  /// RFC 7252, section 4.6, for a path whose limit is not known.
  private static final int MESSAGE_BYTES_MAX = 1_152;

  private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
  private static final long BIND_SECONDS = 10;

  private final CoapContext context;
  private final List<CoapOnLoop> loops = new ArrayList<>();
  private final List<Handler> handlers = new ArrayList<>();
  private final List<PlainDoor> plain = new CopyOnWriteArrayList<>();
  private final List<SecureCoap> secure = new CopyOnWriteArrayList<>();
  private final List<Channel> channels = new CopyOnWriteArrayList<>();

  CoapHost(List<LoopRunner> runners, CoapContext context) {
    this.context = context;
    for (LoopRunner r : runners) {
      CoapOnLoop loop = new CoapOnLoop(r, context.randomness());
      loops.add(loop);
      handlers.add(onLoop(loop, () -> context.handler().apply(loop, loop.broker())));
    }
  }

  private static <T> T onLoop(CoapOnLoop loop, java.util.concurrent.Callable<T> work) {
    try {
      return loop.eventLoop().submit(work).get(BIND_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while CoAP was starting", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("CoAP could not start on a loop", e);
    }
  }

  /// Opens a listener without security.
  ///
  /// @param groups multicast addresses to answer at as well; empty for none
  /// @param ipsec present where only what ESP protected may come in
  /// @return where it listens
  /// @throws ListenException when an address cannot be had
  public InetSocketAddress openPlain(String name, InetSocketAddress address, List<InetAddress> groups,
      Optional<IpsecProof> ipsec) throws IOException {
    tryAlone(address);
    InetSocketAddress bound = address;
    List<PlainDoor> doors = new ArrayList<>();
    for (int i = 0; i < sockets(); i++) {
      PlainDoor door = new PlainDoor(loops.get(i), handlers.get(i), name, ipsec);
      door.listen(bound);
      bound = door.address();
      doors.add(door);
      plain.add(door);
    }
    for (InetAddress group : groups) {
      if (bound.getAddress().isAnyLocalAddress() || bound.getAddress().getClass() == group.getClass()) {
        doors.getFirst().join(group, bound.getPort());
      }
    }
    return bound;
  }

  /// Opens a listener over DTLS.
  ///
  /// @param listener with as many loops as [#sockets()]
  /// @param saved what [#closeSecure] gave before the restart, by loop; empty for none. It must never be given twice: see
  ///     [DtlsListener#onLoop]
  /// @return where it listens
  /// @throws ListenException when the address cannot be had
  public InetSocketAddress openSecure(
      DtlsListener listener, InetSocketAddress address, PrincipalOf principals, List<byte[]> saved) throws IOException {
    tryAlone(address);
    SecureCoap coap = new SecureCoap(listener, principals);
    InetSocketAddress bound = address;
    for (int i = 0; i < sockets(); i++) {
      CoapOnLoop loop = loops.get(i);
      Handler handler = handlers.get(i);
      List<byte[]> its = new ArrayList<>();
      for (int j = i; j < saved.size(); j += sockets()) {
        its.add(saved.get(j));
      }
      SecureCoap.Door door = onLoop(loop, () -> {
        loop.runner().enter();
        return coap.door(loop, handler, context, its);
      });
      Channel ch = bind(loop, bound, Optional.empty(), door::member);
      bound = (InetSocketAddress) ch.localAddress();
    }
    secure.add(coap);
    return bound;
  }

  /// On how many loops a listener has a socket.
  public int sockets() {
    return EventLoops.hasEpoll() ? loops.size() : 1;
  }

  /// Established DTLS associations; a moment old.
  public long associations() {
    return secure.stream().mapToLong(SecureCoap::associations).sum();
  }

  /// Ends the DTLS associations of certain peers; from any thread.
  public void endSecure(Predicate<CoapPeer> which) {
    for (SecureCoap s : secure) {
      s.doors().forEach(d -> d.loop().later(() -> d.endWhere(which)));
    }
  }

  /// Ends all DTLS associations without a word to the peers, so that they can go on after the restart.
  ///
  /// @return for each listener, in the order of opening, what to give it then, by loop
  public List<List<byte[]>> closeSecure(Duration quietMax) {
    List<List<byte[]>> all = new ArrayList<>();
    for (SecureCoap s : secure) {
      all.add(s.doors().stream().map(d -> onLoop(d.loop(), () -> d.save(quietMax))).toList());
    }
    secure.clear();
    return all;
  }

  /// Makes what serves CoAP over TCP, TLS and WebSocket by the same stacks; it listens by
  /// [io.trivet.net.transport.Listeners].
  public CoapStreams streams(StreamLimits limits, PrincipalOf principals) {
    return new CoapStreams(loops, handlers, limits, principals);
  }

  /// The sockets of a listener share their address, which the system would let another server of the same user do as well:
  /// so a socket that shares with nobody tries it first.
  private static void tryAlone(InetSocketAddress address) throws IOException {
    if (address.getPort() == 0) {
      return;
    }
    try (DatagramSocket alone = new DatagramSocket(null)) {
      alone.setReuseAddress(false);
      alone.bind(address);
    } catch (SocketException e) {
      throw new ListenException("CoAP cannot listen on " + address + ": " + e.getMessage()
          + "; another process may hold it (ss -lunp shows which), or this machine has no such address", e);
    }
  }

  private Channel bind(CoapOnLoop loop, InetSocketAddress address, Optional<IpsecProof> ipsec,
      Function<Channel, DatagramChannelMember> member) throws IOException {
    Bootstrap b = new Bootstrap()
        .group(loop.eventLoop())
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        .option(ChannelOption.SO_SNDBUF, RECEIVE_BUFFER_BYTES)
        .handler(new io.netty.channel.ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel ch) {
            ch.pipeline().addLast(member.apply(ch));
          }
        });
    if (EventLoops.hasEpoll()) {
      b.option(UnixChannelOption.SO_REUSEPORT, true)
          .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM_BYTES_MAX)
          .option(ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(DATAGRAM_BYTES_MAX * DATAGRAMS_PER_READ));
    } else {
      b.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(DATAGRAM_BYTES_MAX));
    }
    if (ipsec.isPresent()) {
      b.channelFactory(() -> ProvedSockets.datagrams(ipsec.get(), address));
    } else if (EventLoops.hasEpoll() && address.getAddress().isMulticastAddress()) {
      // Of the group's own family: the system joins no group of IPv4 by a socket for both.
      b.channelFactory(() -> new EpollDatagramChannel(
          address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET));
    } else {
      b.channel(EventLoops.hasEpoll() ? EpollDatagramChannel.class : NioDatagramChannel.class);
    }
    ChannelFuture bound = b.bind(address).awaitUninterruptibly();
    if (bound.cause() instanceof UncheckedIOException refused) {
      throw new ListenException("CoAP does not listen on " + address + ": " + refused.getMessage(), refused);
    }
    if (!bound.isSuccess()) {
      throw new ListenException("CoAP cannot listen on " + address + ": " + bound.cause().getMessage()
          + "; ss -lunp shows who holds it", bound.cause());
    }
    channels.add(bound.channel());
    return bound.channel();
  }

  /// One loop's share of a listener without security.
  private final class PlainDoor {
    private final CoapOnLoop loop;
    private final DatagramEndpoint endpoint;
    private final PeerTable peers;
    private final String name;
    private final Optional<IpsecProof> ipsec;
    private @org.jspecify.annotations.Nullable DatagramChannelMember socket;
    private @org.jspecify.annotations.Nullable Channel channel;

    PlainDoor(CoapOnLoop loop, Handler handler, String name, Optional<IpsecProof> ipsec) {
      this.loop = loop;
      this.ipsec = ipsec;
      this.name = name;
      this.endpoint = new DatagramEndpoint(loop, context.transmission(), context.limits(),
          loop.broker().counters(), handler, this::send);
      this.peers = new PeerTable(endpoint);
    }

    void listen(InetSocketAddress address) throws IOException {
      channel = bind(loop, address, ipsec, ch -> {
        DatagramChannelMember m = new DatagramChannelMember(loop.runner(), ch, (from, b) -> receive(from, b, false));
        socket = m;
        return m;
      });
    }

    /// A socket of its own that is bound to the group's address gets what is sent there and nothing else. A group of one
    /// link has one on each interface, since there its address alone says nothing (RFC 4007, section 6).
    void join(InetAddress group, int port) throws IOException {
      boolean isOfOneLink = group instanceof Inet6Address a && (a.isMCLinkLocal() || a.isMCNodeLocal());
      Channel shared = isOfOneLink ? null : bindGroup(new InetSocketAddress(group, port));
      List<String> failed = new ArrayList<>();
      int joined = 0;
      for (NetworkInterface nif : NetworkInterface.networkInterfaces().toList()) {
        if (!nif.isUp() || !nif.supportsMulticast() && !nif.isLoopback()) {
          continue;
        }
        try {
          InetSocketAddress at = shared != null ? new InetSocketAddress(group, port)
              : new InetSocketAddress(Inet6Address.getByAddress(null, group.getAddress(), nif.getIndex()), port);
          Channel ch = shared != null ? shared : bindGroup(at);
          ((io.netty.channel.socket.DatagramChannel) ch).joinGroup(at, nif).sync();
          joined++;
        } catch (IOException e) {
          failed.add(nif.getName() + ": " + e.getMessage());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while joining " + group.getHostAddress());
        }
      }
      if (joined == 0) {
        throw new ListenException(
            "no network interface takes part in " + group.getHostAddress() + " " + failed, null);
      }
    }

    private Channel bindGroup(InetSocketAddress group) throws IOException {
      return bind(loop, group, ipsec,
          c -> new DatagramChannelMember(loop.runner(), c, (from, b) -> receive(from, b, true)));
    }

    InetSocketAddress address() {
      Channel c = channel;
      if (c == null) {
        throw new AssertionError("not listening");
      }
      return (InetSocketAddress) c.localAddress();
    }

    private void receive(InetSocketAddress from, byte[] datagram, boolean multicast) {
      DatagramPeer peer = peers.find(from, this::newPeer);
      if (peer != null) {
        endpoint.receive(peer, datagram, datagram.length, multicast);
      }
    }

    private DatagramPeer newPeer(InetSocketAddress address) {
      boolean esp = ipsec.isPresent();
      return endpoint.peer(new Peer(address, name, esp, esp ? "IPsec ESP" : "", TransportIdentity.NONE),
          Principal.ANONYMOUS, esp ? DatagramPeer.Provenance.KNOWN : null, MESSAGE_BYTES_MAX, address);
    }

    private void send(DatagramPeer to, byte[] datagram) {
      DatagramChannelMember s = socket;
      if (s != null) {
        s.send(to.peer().address(), datagram, datagram.length);
      }
    }
  }

  /// How many addresses the listeners without security remember; a moment old.
  public long peers() {
    return plain.stream().mapToLong(d -> d.peers.size()).sum();
  }

  /// How many requests are remembered to know their duplicates; a moment old.
  public long exchanges() {
    return plain.stream().mapToLong(d -> d.endpoint.exchangesKept()).sum();
  }

  /// Stops listening.
  @Override
  public void close() {
    channels.forEach(c -> c.close().awaitUninterruptibly());
    channels.clear();
  }
}
