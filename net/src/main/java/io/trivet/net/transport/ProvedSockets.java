package io.trivet.net.transport;

import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.UnixChannel;
import io.trivet.net.ipsec.IpsecProof;
import io.trivet.net.ipsec.IpsecUnavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// Sockets that the kernel hands only what ESP protected, proved before they are bound. What makes them throws
/// [UncheckedIOException] where it cannot be proved.
public final class ProvedSockets {
  private ProvedSockets() {}

  public static EpollDatagramChannel datagrams(IpsecProof proof, InetSocketAddress local) {
    requireLinux();
    return proved(new EpollDatagramChannel(family(local)), proof, local, IpsecProof.Protocol.UDP);
  }

  /// Connections that are accepted from it inherit what was proved.
  static EpollServerSocketChannel listening(IpsecProof proof, InetSocketAddress local) {
    requireLinux();
    return proved(new EpollServerSocketChannel(family(local)), proof, local, IpsecProof.Protocol.TCP);
  }

  private static void requireLinux() {
    if (!EventLoops.hasEpoll()) {
      throw new UncheckedIOException(new IOException("IPsec is required, and only Linux can prove that ESP protects a socket"));
    }
  }

  private static SocketProtocolFamily family(InetSocketAddress local) {
    return local.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
  }

  private static <C extends UnixChannel> C proved(
      C channel, IpsecProof proof, InetSocketAddress local, IpsecProof.Protocol protocol) {
    try {
      proof.prove(channel.fd().intValue(), local, protocol);
      return channel;
    } catch (IpsecUnavailable e) {
      try {
        channel.fd().close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
