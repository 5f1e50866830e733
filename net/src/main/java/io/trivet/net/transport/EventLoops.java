package io.trivet.net.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// The event loops that this system serves best: epoll on Linux, NIO elsewhere.
public final class EventLoops {
  private EventLoops() {}

  public static MultiThreadIoEventLoopGroup open(int loops) {
    IoHandlerFactory io = hasEpoll() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(loops, io);
  }

  public static boolean hasEpoll() {
    return Epoll.isAvailable();
  }

  static String print(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
