package io.trivet.lab.clients;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.trivet.base.Clock;
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
import org.jspecify.annotations.Nullable;

final class LabServer implements AutoCloseable {
  private @Nullable EventLoopGroup group;
  private int port;

  void start() {
    group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    Residents r = new Residents();
    Clock clock = new Clock() {
      @Override
      public long monotonicNanos() {
        return System.nanoTime();
      }

      @Override
      public long wallMillis() {
        return System.currentTimeMillis();
      }
    };
    SecureRandom random = new SecureRandom();
    Watcher w = new Watcher() {
      @Override
      public void failed(String where, Throwable fault) {
        fault.printStackTrace();
      }
    };
    BrokerHost host = new BrokerHost(group, Limits.DEFAULT, r, Store.MEMORY, w,
        new MqttContext(MqttSettings.DEFAULT, r, random::nextBytes), clock);
    Channel c = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel ch) {
            ch.pipeline().addLast(host.open(ch, new Peer((InetSocketAddress) ch.remoteAddress(), "mqtt", false, "",
                TransportIdentity.NONE)));
          }
        }).bind("127.0.0.1", 0).syncUninterruptibly().channel();
    port = ((InetSocketAddress) c.localAddress()).getPort();
  }

  int plainPort() {
    return port;
  }

  @Override
  public void close() {
    if (group != null) {
      group.shutdownGracefully();
    }
  }
}
