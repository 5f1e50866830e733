package io.trivet.net.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The listening sockets of the server. Connections are spread over the loops of the group in turn. Used by one
/// thread at a time; [#reload(TlsMaterial)] may come from any.
public final class Listeners implements AutoCloseable {
  private final IoEventLoopGroup group;
  private final TransportPorts ports;
  private final Optional<PskLookup> psk;
  private final List<Open> open = new CopyOnWriteArrayList<>();
  private final TlsTasks tlsTasks = new TlsTasks();
  private volatile @Nullable TlsMaterial material;

  private record Open(ListenerSpec spec, Channel channel, @Nullable TlsEndpoint tls) {}

  /// @param address as the system gave it, with the port it chose where 0 was asked for
  /// @param warnings what the operator should know, such as a slower TLS
  public record Bound(InetSocketAddress address, List<String> warnings) {}

  /// @param group see [EventLoops#open(int)]; not closed here
  public Listeners(IoEventLoopGroup group, TransportPorts ports, Optional<TlsMaterial> tls, Optional<PskLookup> psk) {
    this.group = group;
    this.ports = ports;
    this.material = tls.orElse(null);
    this.psk = psk;
  }

  /// Listens, with the opener of the ports behind it.
  ///
  /// @throws ListenException see [#open(ListenerSpec, ConnectionOpener)]
  public Bound open(ListenerSpec spec) throws IOException {
    return open(spec, ports.opener());
  }

  /// Listens. Connections are accepted before this returns.
  ///
  /// @param opener makes what follows the transport, in the protocol that the spec names
  ///
  /// @throws ListenException when the address cannot be had, or the certificate or keys it needs are missing or
  ///     broken
  public synchronized Bound open(ListenerSpec spec, ConnectionOpener opener) throws IOException {
    TlsEndpoint tls = spec.kind().hasCertificate() ? endpoint(spec) : null;
    PskEndpoint pskEndpoint = null;
    if (spec.kind() == ListenerSpec.Kind.PSK) {
      pskEndpoint = new PskEndpoint(psk.orElseThrow(() ->
          new ListenException(spec.name() + " needs pre-shared keys, and none are configured", null)));
    }
    Door door = new Door(spec, ports, opener, tls, pskEndpoint);
    ChannelFuture bind = bootstrap(door).bind(spec.address()).awaitUninterruptibly();
    if (!bind.isSuccess()) {
      if (tls != null) {
        tls.close();
      }
      throw refusal(spec, bind.cause());
    }
    open.add(new Open(spec, bind.channel(), tls));
    List<String> warnings = new ArrayList<>();
    if (tls != null) {
      tls.rotateEvery(group.next());
      tls.warning().ifPresent(w -> warnings.add(spec.name() + ": " + w));
    }
    return new Bound((InetSocketAddress) bind.channel().localAddress(), List.copyOf(warnings));
  }

  private TlsEndpoint endpoint(ListenerSpec spec) throws IOException {
    TlsMaterial m = material;
    if (m == null) {
      throw new ListenException(spec.name() + " needs a server certificate, and none is configured", null);
    }
    return TlsEndpoint.open(spec, m, ports.randomness(), tlsTasks);
  }

  private ServerBootstrap bootstrap(Door door) {
    ListenerSpec.SocketOptions socket = door.spec().socket();
    ServerBootstrap b = new ServerBootstrap()
        .group(group)
        .option(ChannelOption.SO_BACKLOG, socket.backlog())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .handler(new AdmissionGate(door))
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel ch) {
            ch.attr(Arrival.KEY).getAndSet(null).begin();
          }
        });
    if (door.spec().ipsec().isPresent()) {
      b.channelFactory(() -> ProvedSockets.listening(door.spec().ipsec().get(), door.spec().address()));
    } else {
      b.channel(channelType());
    }
    if (socket.receiveBufferBytes() > 0) {
      // On the listening socket, so that the window scale of the handshake already knows it.
      b.option(ChannelOption.SO_RCVBUF, socket.receiveBufferBytes());
    }
    if (socket.sendBufferBytes() > 0) {
      b.childOption(ChannelOption.SO_SNDBUF, socket.sendBufferBytes());
    }
    return b;
  }

  private Class<? extends ServerChannel> channelType() {
    return EventLoops.hasEpoll() && group.isIoType(EpollIoHandler.class)
        ? EpollServerSocketChannel.class
        : NioServerSocketChannel.class;
  }

  private static ListenException refusal(ListenerSpec spec, @Nullable Throwable cause) {
    String where = spec.name() + " cannot listen on " + EventLoops.print(spec.address()) + ": ";
    String text = cause == null ? "" : String.valueOf(cause.getMessage());
    if (cause instanceof UncheckedIOException) {
      return new ListenException(spec.name() + " does not listen on " + EventLoops.print(spec.address()) + ": " + text, cause);
    }
    String why;
    if (text.contains("in use")) {
      why = "another process holds this address; stop it (ss -ltnp shows which) or give another port";
    } else if (text.contains("ermission denied") || text.contains("EACCES")) {
      why = "ports below 1024 need a permission; give a higher port, or grant CAP_NET_BIND_SERVICE";
    } else if (cause instanceof BindException || cause instanceof SocketException || text.contains("assign")) {
      why = "this machine has no such address; give one that `ip addr` shows, or 0.0.0.0 or [::] for all";
    } else {
      why = "the system refused it";
    }
    return new ListenException(where + why + " (" + text + ")", cause);
  }

  /// Takes new certificates, trust and revocations. Handshakes that begin from now on use them; connections that
  /// stand are left alone. Where the new material is broken, everything stays as it was.
  ///
  /// @throws ListenException when the key or certificate cannot be used
  public synchronized void reload(TlsMaterial fresh) throws IOException {
    List<TlsEndpoint.Prepared> prepared = new ArrayList<>();
    try {
      for (Open o : open) {
        if (o.tls() != null) {
          prepared.add(o.tls().prepare(fresh));
        }
      }
    } catch (IOException e) {
      prepared.forEach(TlsEndpoint.Prepared::discard);
      throw e;
    }
    prepared.forEach(TlsEndpoint.Prepared::use);
    material = fresh;
  }

  /// New keys for session tickets now, without waiting for the next of the regular rotations: after three, no ticket
  /// given out before is taken any more.
  public synchronized void rotateTicketKeys() {
    for (Open o : open) {
      if (o.tls() != null) {
        o.tls().rotate();
      }
    }
  }

  /// What listens, by the name of its listener, in the order of opening.
  public List<Listening> addresses() {
    return open.stream()
        .map(o -> new Listening(o.spec().name(), (InetSocketAddress) o.channel().localAddress()))
        .toList();
  }

  public record Listening(String name, InetSocketAddress address) {}

  /// Stops accepting; connections that stand are the caller's to end.
  @Override
  public synchronized void close() {
    for (Open o : open) {
      o.channel().close().awaitUninterruptibly();
      if (o.tls() != null) {
        o.tls().close();
      }
    }
    open.clear();
    tlsTasks.close();
  }
}
