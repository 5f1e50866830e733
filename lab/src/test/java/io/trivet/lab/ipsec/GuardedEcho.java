package io.trivet.lab.ipsec;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.trivet.net.ipsec.EspMode;
import io.trivet.net.ipsec.IpsecProof;
import io.trivet.net.ipsec.IpsecProof.Protocol;
import io.trivet.net.ipsec.IpsecUnavailable;
import io.trivet.net.ipsec.NftRule;
import io.trivet.net.ipsec.SocketPolicy;
import io.trivet.net.transport.EventLoops;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Sends back what it gets on UDP 5683 and TCP 1883, each opened as a listener with `require: ipsec` is; and on UDP
/// 5999 without any requirement, to show that the wire works.
///
/// Arguments: the address, then for UDP and for TCP which proof: `socket`, `tunnel` (the policy on the socket for ESP
/// in tunnel mode), `firewall`, `none`. Prints `udp: PROOF`, `tcp: PROOF`, `ready`; or `refused: WHY`.
final class GuardedEcho {
  static final int UDP_PORT = 5683;
  static final int TCP_PORT = 1883;
  static final int OPEN_PORT = 5999;

  private final InetAddress address;
  private final PrintStream out;
  private final MultiThreadIoEventLoopGroup loops = EventLoops.open(1);

  private GuardedEcho(InetAddress address, PrintStream out) {
    this.address = address;
    this.out = out;
  }

  public static void main(String[] args) throws InterruptedException {
    GuardedEcho echo = new GuardedEcho(InetAddress.ofLiteral(args[0]), System.out);
    try {
      echo.datagrams(UDP_PORT, args[1]);
      echo.connections(args[2]);
      echo.datagrams(OPEN_PORT, "none");
      System.out.println("ready");
      Thread.currentThread().join();
    } catch (UncheckedIOException e) {
      System.out.println("refused: " + e.getMessage());
      System.exit(3);
    }
  }

  private void datagrams(int port, String proof) {
    new Bootstrap().group(loops).channelFactory(() -> {
      var channel = new EpollDatagramChannel(SocketProtocolFamily.INET);
      prove(channel.fd().intValue(), port, Protocol.UDP, proof);
      return channel;
    }).handler(new Echo()).bind(address, port).syncUninterruptibly();
  }

  private void connections(String proof) {
    new ServerBootstrap().group(loops).channelFactory(() -> {
      var channel = new EpollServerSocketChannel(SocketProtocolFamily.INET);
      prove(channel.fd().intValue(), TCP_PORT, Protocol.TCP, proof);
      return channel;
    }).childHandler(new Echo()).bind(address, TCP_PORT).syncUninterruptibly();
  }

  private void prove(int fd, int port, Protocol protocol, String kind) {
    IpsecProof proof = switch (kind) {
      case "socket" -> new SocketPolicy(EspMode.TRANSPORT);
      case "tunnel" -> new SocketPolicy(EspMode.TUNNEL);
      case "firewall" -> NftRule.checking();
      case "none" -> null;
      default -> throw new IllegalArgumentException(kind);
    };
    try {
      if (proof != null) {
        out.println((protocol == Protocol.UDP ? "udp: " : "tcp: ")
            + proof.prove(fd, new InetSocketAddress(address, port), protocol));
      }
    } catch (IpsecUnavailable e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Sharable
  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message instanceof DatagramPacket d
          ? new DatagramPacket(d.content(), d.sender()) : message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.out.println("failed: " + cause);
      context.close();
    }
  }
}
