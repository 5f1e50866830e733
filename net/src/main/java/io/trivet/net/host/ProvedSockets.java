package io.trivet.net.host;

import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.trivet.net.ipsec.IpsecProof;
import io.trivet.net.ipsec.IpsecUnavailable;
import io.trivet.net.transport.EventLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// Sockets that the kernel hands only what ESP protected, proved before they are bound.
final class ProvedSockets {
  private ProvedSockets() {}

  /// @throws UncheckedIOException with [IpsecUnavailable] where it cannot be proved
  static EpollDatagramChannel datagrams(IpsecProof proof, InetSocketAddress local) {
    if (!EventLoops.hasEpoll()) {
      throw new UncheckedIOException(new IOException("ipsec.require: only Linux can prove that ESP protects a socket"));
    }
    SocketProtocolFamily family = local.getAddress() instanceof Inet6Address
        ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    EpollDatagramChannel channel = new EpollDatagramChannel(family);
    try {
      proof.prove(channel.fd().intValue(), local, IpsecProof.Protocol.UDP);
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
