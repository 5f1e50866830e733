package io.trivet.net.transport;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// The binary header that a load balancer puts before a client's first byte (PROXY protocol, version 2, section 2.2).
/// The text form of version 1 is refused, and so is any other beginning as soon as a byte differs.
sealed interface ProxyHeader {
  /// Headers with more than this, tags included, are refused.
  int BYTES_MAX = 2_048;

  int FIXED_BYTES = 16;

  /// Not decided before this many bytes are there.
  record NeedMore(int atLeast) implements ProxyHeader {}

  record Client(InetSocketAddress address, int consumed) implements ProxyHeader {}

  /// The load balancer speaks for itself, such as in a health check, or for a client it cannot name.
  record Local(int consumed) implements ProxyHeader {}

  record Broken(String what) implements ProxyHeader {}

  /// Looks at the readable bytes and moves no index.
  static ProxyHeader parse(ByteBuf in) {
    int n = in.readableBytes();
    int at = in.readerIndex();
    for (int i = 0; i < Math.min(n, Signature.LENGTH); i++) {
      if (in.getByte(at + i) != Signature.at(i)) {
        return new Broken("the connection does not begin with a PROXY header of version 2");
      }
    }
    if (n < FIXED_BYTES) {
      return new NeedMore(FIXED_BYTES);
    }
    int versionAndCommand = in.getUnsignedByte(at + 12);
    int familyAndProtocol = in.getUnsignedByte(at + 13);
    int size = in.getUnsignedShort(at + 14);
    if (versionAndCommand >> 4 != 2) {
      return new Broken("a PROXY header of version " + (versionAndCommand >> 4) + ", only 2 is taken");
    }
    if (FIXED_BYTES + size > BYTES_MAX) {
      return new Broken("a PROXY header of " + (FIXED_BYTES + size) + " bytes, at most " + BYTES_MAX + " are taken");
    }
    if (n < FIXED_BYTES + size) {
      return new NeedMore(FIXED_BYTES + size);
    }
    return switch (versionAndCommand & 0xF) {
      case 0 -> new Local(FIXED_BYTES + size);
      case 1 -> client(in, at + FIXED_BYTES, familyAndProtocol, size);
      default -> new Broken("the PROXY command " + (versionAndCommand & 0xF) + " is not known");
    };
  }

  private static ProxyHeader client(ByteBuf in, int at, int familyAndProtocol, int size) {
    return switch (familyAndProtocol) {
      case 0x00 -> new Local(FIXED_BYTES + size);
      case 0x11 -> address(in, at, 4, size);
      case 0x21 -> address(in, at, 16, size);
      default -> new Broken("the PROXY header names no TCP connection (family and protocol "
          + Integer.toHexString(familyAndProtocol) + ")");
    };
  }

  /// Source address, destination address, source port, destination port.
  private static ProxyHeader address(ByteBuf in, int at, int addressBytes, int size) {
    if (size < 2 * addressBytes + 4) {
      return new Broken("a PROXY header too short for its addresses: " + size + " bytes");
    }
    byte[] source = new byte[addressBytes];
    in.getBytes(at, source);
    int port = in.getUnsignedShort(at + 2 * addressBytes);
    try {
      return new Client(new InetSocketAddress(InetAddress.getByAddress(source), port), FIXED_BYTES + size);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of " + addressBytes + " bytes", e);
    }
  }

  /// Twelve bytes that no other protocol begins with.
  final class Signature {
    static final int LENGTH = 12;
    private static final byte[] BYTES = {
      0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A
    };

    private Signature() {}

    static byte at(int i) {
      return BYTES[i];
    }
  }
}
