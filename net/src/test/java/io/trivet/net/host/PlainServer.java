package io.trivet.net.host;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.trivet.base.Bytes;
import io.trivet.base.Clock;
import io.trivet.broker.Authenticator;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Limits;
import io.trivet.broker.Message;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.MemoryStore;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TransportIdentity;
import io.trivet.broker.Watcher;
import io.trivet.mqtt.MqttContext;
import io.trivet.mqtt.MqttSettings;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;

/// The broker behind bare TCP, open to all: for tests and measurements of the way of a message without a composition
/// root around it.
@NullMarked
public final class PlainServer implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group;
  private final Channel listener;
  private final BrokerHost host;

  public PlainServer(int loops, int port, MqttSettings settings, Limits limits) {
    IoHandlerFactory io = EpollIoHandler.newFactory();
    group = new MultiThreadIoEventLoopGroup(loops, io);
    host = new BrokerHost(group, limits, new Open(), new MemoryStore(), new Loud(),
        new MqttContext(settings, new Anybody(), b -> new java.security.SecureRandom().nextBytes(b)), new SystemClock());
    listener = new ServerBootstrap()
        .group(group)
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel ch) {
            ch.pipeline().addLast(host.open(ch, new Peer(
                (InetSocketAddress) ch.remoteAddress(), "plain", false, "", TransportIdentity.NONE)));
          }
        })
        .bind("127.0.0.1", port).syncUninterruptibly().channel();
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public MultiThreadIoEventLoopGroup group() {
    return group;
  }

  public BrokerHost host() {
    return host;
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }

  public static void main(String[] args) throws InterruptedException {
    int loops = args.length > 1 ? Integer.parseInt(args[1]) : Runtime.getRuntime().availableProcessors();
    try (PlainServer s = new PlainServer(loops, Integer.parseInt(args[0]), MqttSettings.DEFAULT, Limits.DEFAULT)) {
      System.out.println("ready on " + s.port());
      Thread.currentThread().join();
    }
  }

  private static final class Loud implements Watcher {
    @Override
    public void failed(String where, Throwable fault) {
      new AssertionError(where, fault).printStackTrace();
    }

    @Override
    public void violated(Peer peer, String clientId, String rule, String what) {
      System.err.println(peer.address() + " " + clientId + ": " + what + " (" + rule + ")");
    }
  }

  private static final class SystemClock implements Clock {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  }

  private static final class Anybody implements Authenticator {
    @Override
    public void authenticate(Attempt attempt, Consumer<Outcome> answer) {
      answer.accept(new Outcome.Accepted(Principal.ANONYMOUS, Bytes.EMPTY, Optional.empty()));
    }

    @Override
    public Optional<Exchange> begin(Peer peer, Optional<ClientId> clientId, String method) {
      return Optional.empty();
    }
  }

  private static final class Open implements Decider {
    @Override
    public Decision publish(Principal who, ClientId clientId, Message message) {
      return Decision.ALLOW;
    }

    @Override
    public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
      return Decision.ALLOW;
    }

    @Override
    public Decision deliver(Principal receiver, ClientId clientId, Message message) {
      return Decision.ALLOW;
    }

    @Override
    public long generation() {
      return 1;
    }
  }
}
