package io.trivet.net.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.trivet.net.ipsec.IpsecProof.Protocol;
import io.trivet.net.transport.EventLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The kernel at work on sockets that Netty made.
@NullMarked
class SocketPolicyTest {
  private static final int SOON_MILLIS = 2000;
  private static final int A_WHILE_MILLIS = 150;
  private static final SocketPolicy POLICY = new SocketPolicy(EspMode.TRANSPORT);

  private static io.netty.channel.MultiThreadIoEventLoopGroup loops;

  @BeforeAll
  static void open() throws IOException {
    assumeTrue(EventLoops.hasEpoll(), "no epoll: not Linux");
    loops = EventLoops.open(1);
    var channel = new EpollDatagramChannel(SocketProtocolFamily.INET);
    loops.register(channel).syncUninterruptibly();
    try {
      POLICY.prove(channel.fd().intValue(), new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), Protocol.UDP);
    } catch (IpsecUnavailable e) {
      assumeTrue(false, "this machine proves nothing about its sockets: " + e.getMessage());
    } finally {
      channel.close();
    }
  }

  @AfterAll
  static void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"INET, 127.0.0.1", "INET, 0.0.0.0", "INET6, ::1", "INET6, ::", "INET6, 127.0.0.1"})
  void takesNoDatagramInTheClear(SocketProtocolFamily family, String address) throws Exception {
    InetAddress to = InetAddress.ofLiteral(address);
    BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
    Channel open = datagrams(() -> new EpollDatagramChannel(family), to, taken);
    Channel guarded = datagrams(() -> proved(new EpollDatagramChannel(family), to), to, taken);
    try (DatagramSocket sender = new DatagramSocket()) {
      send(sender, to, port(guarded));
      assertThat(taken.poll(A_WHILE_MILLIS, TimeUnit.MILLISECONDS)).isNull();
      send(sender, to, port(open));
      assertThat(taken.poll(SOON_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo(port(open));
    } finally {
      open.close();
      guarded.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"INET, 127.0.0.1", "INET6, ::1", "INET6, 127.0.0.1"})
  void acceptsNoConnectionInTheClear(SocketProtocolFamily family, String address) throws Exception {
    InetAddress to = InetAddress.ofLiteral(address);
    Channel open = connections(() -> new EpollServerSocketChannel(family), to);
    Channel guarded = connections(() -> proved(new EpollServerSocketChannel(family), to), to);
    try {
      try (Socket client = new Socket()) {
        client.connect(new InetSocketAddress(to, port(open)), SOON_MILLIS);
        assertThat(client.isConnected()).isTrue();
      }
      try (Socket client = new Socket()) {
        assertThatThrownBy(() -> client.connect(new InetSocketAddress(to, port(guarded)), A_WHILE_MILLIS))
            .isInstanceOf(SocketTimeoutException.class);
      }
    } finally {
      open.close();
      guarded.close();
    }
  }

  /// A policy for IPv6 is skipped for a packet of IPv4 that comes to the same socket.
  @Test
  void confinesASocketForIpv6ToIpv6() throws Exception {
    InetAddress any = InetAddress.ofLiteral("::");
    BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
    Channel guarded = datagrams(
        () -> proved(new EpollDatagramChannel(SocketProtocolFamily.INET6), any), any, taken);
    try (DatagramSocket sender = new DatagramSocket()) {
      send(sender, InetAddress.ofLiteral("127.0.0.1"), port(guarded));
      assertThat(taken.poll(A_WHILE_MILLIS, TimeUnit.MILLISECONDS)).isNull();
    } finally {
      guarded.close();
    }
  }

  @Test
  void refusesASocketForBothFamilies() {
    var channel = new EpollDatagramChannel(SocketProtocolFamily.INET6);
    try {
      var any = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 5683);
      assertThatThrownBy(() -> POLICY.prove(channel.fd().intValue(), any, Protocol.UDP))
          .isInstanceOf(IpsecUnavailable.class)
          .hasMessage("the socket takes IPv4 and IPv6, and a policy covers only one of them: open one for 0.0.0.0 and "
              + "one for [::]");
    } finally {
      discard(channel);
    }
  }

  @Test
  void refusesASocketThatMayHoldPacketsAlready() throws Exception {
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    Channel bound = datagrams(
        () -> new EpollDatagramChannel(SocketProtocolFamily.INET), here, new LinkedBlockingQueue<>());
    try {
      int fd = ((EpollDatagramChannel) bound).fd().intValue();
      assertThatThrownBy(() -> POLICY.prove(fd, new InetSocketAddress(here, 0), Protocol.UDP))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("bound to port " + port(bound) + " already");
      assertThatThrownBy(() -> POLICY.prove(fd, new InetSocketAddress(here, 0), Protocol.TCP))
          .isInstanceOf(IllegalStateException.class).hasMessageContaining("no socket for TCP");
    } finally {
      bound.close();
    }
  }

  /// The same kernel, asked by a process without the capability.
  @Test
  void saysThatItLacksTheCapability() throws Exception {
    Process process = new ProcessBuilder(
        "setpriv", "--inh-caps=-net_admin", "--bounding-set=-net_admin",
        System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
        "-cp", System.getProperty("java.class.path"), Asking.class.getName()).start();
    String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    String complained = new String(process.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said.strip()).isEqualTo("the kernel refuses IP_XFRM_POLICY: EPERM, the process lacks CAP_NET_ADMIN "
        + "(systemd: AmbientCapabilities=CAP_NET_ADMIN)");
    assertThat(complained).as("no warning of restricted methods").isEmpty();
  }

  /// Asks for a proof and prints the answer.
  static final class Asking {
    private Asking() {}

    public static void main(String[] args) {
      int fd = SystemSocket.datagram(SystemSocket.AF_INET);
      try {
        var local = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        System.out.println(POLICY.prove(fd, local, Protocol.UDP));
      } catch (IpsecUnavailable e) {
        System.out.println(e.getMessage());
      } finally {
        SystemSocket.close(fd);
      }
    }
  }

  private static EpollDatagramChannel proved(EpollDatagramChannel channel, InetAddress local) {
    prove(channel.fd().intValue(), local, Protocol.UDP, EspMode.TRANSPORT);
    return channel;
  }

  private static EpollServerSocketChannel proved(EpollServerSocketChannel channel, InetAddress local) {
    prove(channel.fd().intValue(), local, Protocol.TCP, EspMode.TUNNEL);
    return channel;
  }

  private static void prove(int fd, InetAddress local, Protocol protocol, EspMode mode) {
    try {
      assertThat(new SocketPolicy(mode).prove(fd, new InetSocketAddress(local, 0), protocol))
          .startsWith("socket policy: the kernel drops every " + (local.getAddress().length == 4 ? "IPv4" : "IPv6")
              + " packet").contains("ESP in " + mode + " mode");
    } catch (IpsecUnavailable e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Channel datagrams(ChannelFactory<Channel> factory, InetAddress to, BlockingQueue<Integer> taken) {
    return new Bootstrap().group(loops).channelFactory(factory)
        .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
          @Override
          protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            taken.add(port(context.channel()));
          }
        }).bind(to, 0).syncUninterruptibly().channel();
  }

  private static Channel connections(ChannelFactory<EpollServerSocketChannel> factory, InetAddress to) {
    return new ServerBootstrap().group(loops).channelFactory(factory).childHandler(new Nothing())
        .bind(to, 0).syncUninterruptibly().channel();
  }

  @ChannelHandler.Sharable
  private static final class Nothing extends ChannelInboundHandlerAdapter {}

  private static int port(Channel channel) {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private static void send(DatagramSocket from, InetAddress to, int port) throws IOException {
    InetAddress reachable = !to.isAnyLocalAddress() ? to
        : InetAddress.ofLiteral(to.getAddress().length == 4 ? "127.0.0.1" : "::1");
    from.send(new java.net.DatagramPacket(new byte[] {1}, 1, reachable, port));
  }

  private static void discard(EpollDatagramChannel channel) {
    loops.register(channel).syncUninterruptibly();
    channel.close().syncUninterruptibly();
  }
}
