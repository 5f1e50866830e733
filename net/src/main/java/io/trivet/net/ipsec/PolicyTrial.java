package io.trivet.net.ipsec;

import static io.trivet.net.ipsec.SystemSocket.AF_INET;
import static io.trivet.net.ipsec.SystemSocket.AF_INET6;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// Sends datagrams in the clear to a socket with a policy and to one without, over the loopback interface.
///
/// @param domain of the sockets
/// @param family of the packets between them
record PolicyTrial(SocketPolicy policy, int domain, int family) {
  private static final int PATIENCE_MILLIS = 1000;
  /// What the guarded socket gets after the open one has received; over loopback both arrive within microseconds.
  private static final int GRACE_MILLIS = 20;
  private static final byte[] LOOPBACK_4 = {127, 0, 0, 1};
  private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  private static final byte[] LOOPBACK_4_MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};

  /// @throws IpsecUnavailable where the policy does not keep the datagram out, or where it does not show
  void run() throws IOException {
    int guarded = open();
    try {
      int open = open();
      try {
        policy.apply(guarded, domain, family);
        judge(guarded, open);
      } finally {
        SystemSocket.close(open);
      }
    } finally {
      SystemSocket.close(guarded);
    }
  }

  private int open() throws IpsecUnavailable {
    int fd = SystemSocket.datagram(domain);
    if (fd < 0) {
      throw new IpsecUnavailable("no socket for the trial of the policy: " + SocketPolicy.reason(-fd));
    }
    return fd;
  }

  private void judge(int guarded, int open) throws IOException {
    InetSocketAddress toGuarded = bind(guarded);
    InetSocketAddress toOpen = bind(open);
    var protocolFamily = family == AF_INET6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    try (DatagramChannel sender = DatagramChannel.open(protocolFamily)) {
      // The open one last: what reaches it shows that the other's datagram has had its time.
      sender.send(ByteBuffer.wrap(new byte[] {1}), toGuarded);
      sender.send(ByteBuffer.wrap(new byte[] {1}), toOpen);
    }
    if (!SystemSocket.awaitReadable(open, PATIENCE_MILLIS)) {
      throw new IpsecUnavailable("the policy was set, but its effect cannot be shown: the loopback interface delivers "
          + "nothing (is it up? a firewall may drop it)");
    }
    if (SystemSocket.awaitReadable(guarded, GRACE_MILLIS) || SystemSocket.receive(guarded, 1) != -SystemSocket.EAGAIN) {
      throw new IpsecUnavailable("the kernel took the policy and does not enforce it: a datagram in the clear arrived");
    }
  }

  private InetSocketAddress bind(int fd) throws IOException {
    byte[] loopback = family == AF_INET6 ? LOOPBACK_6 : LOOPBACK_4;
    byte[] address = domain == AF_INET6 && family == AF_INET ? LOOPBACK_4_MAPPED : loopback;
    int done = SystemSocket.bind(fd, domain, address);
    if (done < 0) {
      throw new IpsecUnavailable("no loopback address for the trial of the policy: " + SocketPolicy.reason(-done));
    }
    return new InetSocketAddress(InetAddress.getByAddress(loopback), SystemSocket.port(fd));
  }
}
