package io.trivet.policy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// The other end of a connection; a text is empty where it is not known.
///
/// @param address such as `192.0.2.7`
/// @param prefix the network it counts as: `192.0.2.0/24`, `2001:db8:0:0:0:0:0:0/64`
/// @param transport the kind of listener it came by, such as `mqtts`, `wss`, `coaps`
public record Peer(String address, String prefix, String transport) {
  public static final Peer UNKNOWN = new Peer("", "", "");

  private static final int IPV4_NETWORK_BYTES = 3;
  private static final int IPV6_NETWORK_BYTES = 8;

  /// As the broker knows it.
  public static Peer of(io.trivet.broker.Peer peer) {
    InetAddress a = peer.address().getAddress();
    return a == null ? new Peer("", "", peer.listener()) : new Peer(a.getHostAddress(), prefix(a), peer.listener());
  }

  private static String prefix(InetAddress a) {
    int kept = a instanceof Inet4Address ? IPV4_NETWORK_BYTES : IPV6_NETWORK_BYTES;
    byte[] network = a.getAddress();
    Arrays.fill(network, kept, network.length, (byte) 0);
    try {
      return InetAddress.getByAddress(network).getHostAddress() + "/" + kept * Byte.SIZE;
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of as many bytes as before", e);
    }
  }
}
