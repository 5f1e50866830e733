package io.trivet.net.ipsec;

import java.net.InetSocketAddress;
import java.util.List;

/// A way to know that the kernel hands a socket only packets that ESP protected.
///
/// Without it a listener that trusts IPsec trusts a configuration file somewhere else: where a tunnel is down, or was
/// never up, the same packets arrive in the clear and look no different. So `require: ipsec` asks for a proof, and a
/// listener that gets none does not open.
///
/// The socket must exist and must not be bound yet: between a bind and a policy there would be time for a packet. With
/// Netty that place is the channel's factory:
/// ```java
/// bootstrap.channelFactory(() -> {
///   var channel = new EpollDatagramChannel(SocketProtocolFamily.INET);
///   log(proof.prove(channel.fd().intValue(), local, Protocol.UDP));
///   return channel;
/// });
/// ```
/// A socket that takes IPv4 and IPv6 alike cannot be proved ([SocketPolicy] says why): open one for each.
public interface IpsecProof {
  /// What the listener speaks.
  enum Protocol {
    UDP,
    TCP
  }

  /// In messages to people: `socket policy`.
  String name();

  /// @param fd the file descriptor of a socket that is not bound yet
  /// @param local what it will be bound to
  /// @return what holds from now on, for the log and the status page
  /// @throws IpsecUnavailable with why this proof cannot be had, and what to do
  String prove(int fd, InetSocketAddress local, Protocol protocol) throws IpsecUnavailable;

  /// What `require: ipsec` uses: the policy on the socket, else the rule of the firewall.
  static IpsecProof standard() {
    return firstOf(List.of(new SocketPolicy(EspMode.TRANSPORT), NftRule.checking()));
  }

  /// Asks one after the other and is content with the first that can prove it.
  ///
  /// @param proofs at least one
  static IpsecProof firstOf(List<IpsecProof> proofs) {
    return new FirstProof(proofs);
  }
}
