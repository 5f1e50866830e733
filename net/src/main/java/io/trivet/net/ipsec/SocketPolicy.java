package io.trivet.net.ipsec;

import static io.trivet.net.ipsec.SystemSocket.AF_INET;
import static io.trivet.net.ipsec.SystemSocket.AF_INET6;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// Tells the kernel, by a policy on the socket itself, to drop what ESP did not protect (RFC 4301, section 4.4.1).
///
/// The policy belongs to the socket and to the connections accepted from it. It lasts as long as they do, whatever
/// becomes of the tunnel, of its configuration or of the firewall. It says "some security association with ESP", not
/// which peer: who may have one is decided by IKE.
///
/// Linux has the option to write only; there is no reading it back. Therefore the proof is a trial: two sockets on the
/// loopback interface, one with the same policy and one without. Both are sent a datagram in the clear, and only the
/// one without may receive it. That also finds a kernel, or a sandbox that stands in for one, that takes the option
/// and does nothing.
///
/// It says nothing of what is sent. For that direction the kernel wants the request id of the security association,
/// which IKE chooses for each peer; a policy without it would hold back every answer. What `trivet ipsec init` writes for the
/// server's strongSwan closes that side.
///
/// A socket holds one policy for each direction, and a policy is for one family: the kernel skips it for packets of the
/// other. A socket that takes both could be reached over the other family in the clear. So a socket for IPv6 is
/// confined to IPv6, and one for IPv6 that shall serve all IPv4 addresses is refused.
public record SocketPolicy(EspMode mode) implements IpsecProof {
  private static final int IPPROTO_TCP = 6;
  private static final int IPPROTO_UDP = 17;

  @Override
  public String name() {
    return "socket policy";
  }

  /// @throws IllegalStateException where the socket is bound already
  @Override
  public String prove(int fd, InetSocketAddress local, Protocol protocol) throws IpsecUnavailable {
    if (!SystemSocket.isLinux()) {
      throw new IpsecUnavailable("this system is " + System.getProperty("os.name")
          + ", and only Linux has IP_XFRM_POLICY");
    }
    expectUnbound(fd, protocol);
    int domain = SystemSocket.option(fd, SystemSocket.SOL_SOCKET, SystemSocket.SO_DOMAIN);
    int family = family(fd, domain, local);
    apply(fd, domain, family);
    try {
      new PolicyTrial(this, domain, family).run();
    } catch (IOException e) {
      throw e instanceof IpsecUnavailable u ? u
          : new IpsecUnavailable("the trial of the policy failed: " + e.getMessage());
    }
    return "socket policy: the kernel drops every " + (family == AF_INET ? "IPv4" : "IPv6") + " packet that did not "
        + "come through ESP in " + mode + " mode, tried on the loopback interface";
  }

  private static void expectUnbound(int fd, Protocol protocol) {
    int port = SystemSocket.port(fd);
    int spoken = SystemSocket.option(fd, SystemSocket.SOL_SOCKET, SystemSocket.SO_PROTOCOL);
    if (port < 0 || spoken != (protocol == Protocol.UDP ? IPPROTO_UDP : IPPROTO_TCP)) {
      throw new IllegalStateException("descriptor " + fd + " is no socket for " + protocol);
    }
    if (port != 0) {
      throw new IllegalStateException("the socket is bound to port " + port
          + " already: packets in the clear may be waiting in it");
    }
  }

  /// Which packets the socket will get, once it is confined to one family.
  private static int family(int fd, int domain, InetSocketAddress local) throws IpsecUnavailable {
    return switch (local.getAddress()) {
      case Inet4Address a when domain == AF_INET6 && a.isAnyLocalAddress() -> throw new IpsecUnavailable(
          "the socket takes IPv4 and IPv6, and a policy covers only one of them: open one for 0.0.0.0 and one for "
              + "[::]");
      case Inet4Address _ -> AF_INET; // also through a socket for IPv6, as ::ffff:a.b.c.d
      case Inet6Address _ when domain == AF_INET6 -> {
        int done = SystemSocket.setFlag(fd, SystemSocket.SOL_IPV6, SystemSocket.IPV6_V6ONLY);
        if (done < 0) {
          throw new IpsecUnavailable("the socket cannot be confined to IPv6: " + reason(-done));
        }
        yield AF_INET6;
      }
      default -> throw new IpsecUnavailable("a socket for IPv4 cannot be bound to " + local.getAddress());
    };
  }

  void apply(int fd, int domain, int family) throws IpsecUnavailable {
    int level = domain == AF_INET ? SystemSocket.SOL_IP : SystemSocket.SOL_IPV6;
    int option = domain == AF_INET ? XfrmPolicy.IP_XFRM_POLICY : XfrmPolicy.IPV6_XFRM_POLICY;
    String name = domain == AF_INET ? "IP_XFRM_POLICY" : "IPV6_XFRM_POLICY";
    try (Arena arena = Arena.ofConfined()) {
      int done = SystemSocket.setOption(fd, level, option, XfrmPolicy.requireEsp(arena, family, mode));
      if (done < 0) {
        throw new IpsecUnavailable("the kernel refuses " + name + ": " + reason(-done));
      }
    }
  }

  static String reason(int errno) {
    return switch (errno) {
      case SystemSocket.EPERM -> "EPERM, the process lacks CAP_NET_ADMIN (systemd: AmbientCapabilities=CAP_NET_ADMIN)";
      case SystemSocket.ENOPROTOOPT -> "ENOPROTOOPT, it does not know the option (built without CONFIG_XFRM)";
      case SystemSocket.EOPNOTSUPP -> "EOPNOTSUPP, it does not support it (built without CONFIG_XFRM)";
      case SystemSocket.EINVAL -> "EINVAL, nothing in it understands the policy (built without CONFIG_XFRM_USER)";
      case SystemSocket.EAFNOSUPPORT -> "EAFNOSUPPORT, it has no IPv6";
      default -> "error " + errno;
    };
  }
}
