package io.trivet.net.ipsec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The value of the socket options `IP_XFRM_POLICY` and `IPV6_XFRM_POLICY`: whatever reaches this socket must have come
/// through ESP.
///
/// A `struct xfrm_userpolicy_info` of 168 bytes and one `struct xfrm_user_tmpl` of 64 (linux/xfrm.h), in the
/// machine's own byte order; what is not set is zero, which matches anything.
final class XfrmPolicy {
  static final int IP_XFRM_POLICY = 17; // linux/in.h
  static final int IPV6_XFRM_POLICY = 35; // linux/in6.h

  static final int BYTES = 168 + 64;

  // struct xfrm_userpolicy_info
  private static final int SELECTOR_FAMILY = 40;
  private static final int LIFETIMES = 56;
  private static final int LIFETIME_LIMITS = 4; // bytes soft and hard, packets soft and hard
  private static final int DIRECTION = 160;
  private static final int ACTION = 161;

  // struct xfrm_user_tmpl, behind it
  private static final int TEMPLATE = 168;
  private static final int PROTOCOL = TEMPLATE + 20;
  private static final int FAMILY = TEMPLATE + 24;
  private static final int MODE = TEMPLATE + 48;
  private static final int OPTIONAL = TEMPLATE + 50;
  private static final int ALGORITHMS = TEMPLATE + 52; // three masks: authentication, encryption, compression

  private static final byte XFRM_POLICY_IN = 0;
  private static final byte XFRM_POLICY_ALLOW = 0;
  private static final long XFRM_INF = -1L;
  private static final byte IPPROTO_ESP = 50;
  private static final byte REQUIRED = 0;

  private XfrmPolicy() {}

  /// @param family of the packets, [SystemSocket#AF_INET] or [SystemSocket#AF_INET6]: the kernel applies a policy to
  ///     no packet of the other family
  static MemorySegment requireEsp(Arena arena, int family, EspMode mode) {
    MemorySegment p = arena.allocate(BYTES, Long.BYTES);
    p.set(ValueLayout.JAVA_SHORT, SELECTOR_FAMILY, (short) family);
    for (int i = 0; i < LIFETIME_LIMITS; i++) {
      p.set(ValueLayout.JAVA_LONG, LIFETIMES + (long) i * Long.BYTES, XFRM_INF);
    }
    p.set(ValueLayout.JAVA_BYTE, DIRECTION, XFRM_POLICY_IN);
    p.set(ValueLayout.JAVA_BYTE, ACTION, XFRM_POLICY_ALLOW);
    p.set(ValueLayout.JAVA_BYTE, PROTOCOL, IPPROTO_ESP);
    p.set(ValueLayout.JAVA_SHORT, FAMILY, (short) family);
    p.set(ValueLayout.JAVA_BYTE, MODE, (byte) mode.kernel());
    p.set(ValueLayout.JAVA_BYTE, OPTIONAL, REQUIRED);
    for (int i = 0; i < 3; i++) {
      p.set(ValueLayout.JAVA_INT, ALGORITHMS + (long) i * Integer.BYTES, -1);
    }
    return p;
  }
}
