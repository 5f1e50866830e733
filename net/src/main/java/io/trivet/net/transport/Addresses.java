package io.trivet.net.transport;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// One spelling for each address, and one number for each neighbourhood of addresses.
final class Addresses {
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private Addresses() {}

  /// IPv4 written as IPv6 (RFC 4291, section 2.5.5.2) becomes IPv4 again.
  static InetAddress plain(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] a = address.getAddress();
    if (!Arrays.equals(a, 0, MAPPED.length, MAPPED, 0, MAPPED.length)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(a, MAPPED.length, a.length));
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  static InetSocketAddress plain(InetSocketAddress address) {
    InetAddress before = address.getAddress();
    InetAddress after = plain(before);
    return after == before ? address : new InetSocketAddress(after, address.getPort());
  }

  /// The neighbourhood that one customer of a network owns: the whole IPv4 address, the first 64 bits of IPv6.
  /// IPv4 is put at `0000:ffff::/32`, which is reserved and never routed, so that the two do not meet.
  static long neighbourhood(InetAddress address) {
    InetAddress plain = plain(address);
    byte[] a = plain.getAddress();
    if (plain instanceof Inet4Address) {
      return 0x0000_FFFF_0000_0000L | bits(a, 0, 4);
    }
    return bits(a, 0, 8);
  }

  private static long bits(byte[] a, int from, int count) {
    long n = 0;
    for (int i = from; i < from + count; i++) {
      n = n << 8 | (a[i] & 0xFF);
    }
    return n;
  }
}
