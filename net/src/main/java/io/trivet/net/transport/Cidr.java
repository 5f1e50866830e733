package io.trivet.net.transport;

import io.trivet.base.Parsed;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// A block of addresses such as `10.0.0.0/8` or `2001:db8::/32` (RFC 4632, section 3.1; RFC 4291, section 2.3).
/// IPv4 addresses written as IPv6 (`::ffff:a.b.c.d`) count as IPv4.
public final class Cidr {
  /// No text of an address with its prefix is longer.
  private static final int CHARS_MAX = 64;

  private final byte[] network;
  private final int prefixBits;

  private Cidr(byte[] network, int prefixBits) {
    this.network = network;
    this.prefixBits = prefixBits;
  }

  /// Parses an address literal with or without a prefix length; asks no resolver.
  public static Parsed<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    if (text.length() > CHARS_MAX || !looksLikeAddress(literal)) {
      return Parsed.invalid("cidr", "no address block: write it as 10.0.0.0/8 or 2001:db8::/32");
    }
    byte[] address;
    try {
      address = InetAddress.ofLiteral(literal).getAddress();
    } catch (IllegalArgumentException _) {
      return Parsed.invalid("cidr", literal + " is no IPv4 or IPv6 address");
    }
    int bitsMax = address.length * 8;
    int bits = slash < 0 ? bitsMax : number(text, slash + 1);
    if (bits < 0 || bits > bitsMax) {
      return Parsed.invalid("cidr", "the prefix of " + text + " is no number from 0 to " + bitsMax);
    }
    Cidr block = new Cidr(address, bits);
    for (int i = bits; i < bitsMax; i++) {
      if ((address[i >> 3] & 0x80 >> (i & 7)) != 0) {
        return Parsed.invalid("cidr", text + " has bits set beyond its prefix of " + bits);
      }
    }
    return Parsed.valid(block);
  }

  /// @throws IllegalArgumentException when the text is no block
  public static Cidr of(String text) {
    return parse(text).orThrow();
  }

  private static boolean looksLikeAddress(String s) {
    return !s.isEmpty() && s.chars().allMatch(c -> c == '.' || c == ':' || Character.digit(c, 16) >= 0 && c < 128);
  }

  private static int number(String text, int from) {
    if (from >= text.length() || text.length() - from > 3) {
      return -1;
    }
    int n = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      n = n * 10 + c - '0';
    }
    return n;
  }

  public boolean contains(InetAddress address) {
    byte[] a = Addresses.plain(address).getAddress();
    if (a.length != network.length) {
      return false;
    }
    int whole = prefixBits >> 3;
    if (!Arrays.equals(a, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = prefixBits & 7;
    return rest == 0 || ((a[whole] ^ network[whole]) & 0xFF00 >> rest & 0xFF) == 0;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(network).getHostAddress() + "/" + prefixBits;
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of " + network.length + " bytes", e);
    }
  }
}
