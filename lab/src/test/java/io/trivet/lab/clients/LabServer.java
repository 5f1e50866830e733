package io.trivet.lab.clients;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.trivet.base.Clock;
import io.trivet.broker.Counter;
import io.trivet.broker.Limits;
import io.trivet.broker.Peer;
import io.trivet.broker.Store;
import io.trivet.broker.TransportIdentity;
import io.trivet.broker.Watcher;
import io.trivet.lab.memory.Residents;
import io.trivet.mqtt.MqttContext;
import io.trivet.mqtt.MqttSettings;
import io.trivet.net.host.BrokerHost;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// The broker on real event loops behind plain TCP on a free port, with the residents of a test server.
final class LabServer implements AutoCloseable {
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private @Nullable EventLoopGroup group;
  private @Nullable BrokerHost broker;
  private int port;

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

  private final class Faults implements Watcher {
    @Override
    public void failed(String where, Throwable fault) {
      faults.add(new AssertionError(where, fault));
    }
  }

  void start() {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    group = loops;
    Residents residents = new Residents();
    MqttContext context = new MqttContext(MqttSettings.DEFAULT, residents, new SecureRandom()::nextBytes);
    BrokerHost host = new BrokerHost(
        loops, Limits.DEFAULT, residents, Store.MEMORY, new Faults(), context, new SystemClock());
    broker = host;
    Channel listener = new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel c) {
            InetSocketAddress address = (InetSocketAddress) c.remoteAddress();
            c.pipeline().addLast(host.open(c, new Peer(address, "mqtt", false, "", TransportIdentity.NONE)));
          }
        })
        .bind("127.0.0.1", 0)
        .syncUninterruptibly()
        .channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /// Turns of all event loops since the start.
  long cycles() {
    return Objects.requireNonNull(broker).broker().total(Counter.CYCLES);
  }

  int plainPort() {
    return port;
  }

  @Override
  public void close() {
    EventLoopGroup loops = group;
    if (loops != null) {
      loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
    if (!faults.isEmpty()) {
      throw new AssertionError("the server's own fault", faults.peek());
    }
  }
}
