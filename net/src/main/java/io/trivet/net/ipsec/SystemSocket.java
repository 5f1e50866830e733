package io.trivet.net.ipsec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The calls of the C library on sockets that neither the JDK nor Netty offers, for Linux.
///
/// Each answers what the call did, or the negated error number where it failed; numbers are those of x86-64 and
/// AArch64.
final class SystemSocket {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOL_IP = 0;
  static final int SOL_SOCKET = 1;
  static final int SOL_IPV6 = 41;
  static final int SO_PROTOCOL = 38;
  static final int SO_DOMAIN = 39;
  static final int IPV6_V6ONLY = 26;

  static final int EPERM = 1;
  static final int EAGAIN = 11;
  static final int EINVAL = 22;
  static final int ENOPROTOOPT = 92;
  static final int EOPNOTSUPP = 95;
  static final int EAFNOSUPPORT = 97;

  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final short POLLIN = 1;
  private static final int SOCKADDR_BYTES_MAX = 128;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final ValueLayout INT = ValueLayout.JAVA_INT;
  private static final ValueLayout ADDRESS = ValueLayout.ADDRESS;
  private static final MethodHandle SETSOCKOPT = function("setsockopt", INT, INT, INT, ADDRESS, INT);
  private static final MethodHandle GETSOCKOPT = function("getsockopt", INT, INT, INT, ADDRESS, ADDRESS);
  private static final MethodHandle GETSOCKNAME = function("getsockname", INT, ADDRESS, ADDRESS);
  private static final MethodHandle SOCKET = function("socket", INT, INT, INT);
  private static final MethodHandle BIND = function("bind", INT, ADDRESS, INT);
  private static final MethodHandle RECV = function("recv", INT, ADDRESS, ValueLayout.JAVA_LONG, INT);
  private static final MethodHandle POLL = function("poll", ADDRESS, ValueLayout.JAVA_LONG, INT);
  private static final MethodHandle CLOSE = function("close", INT);

  private SystemSocket() {}

  /// Whether the numbers here mean anything.
  static boolean isLinux() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  static int setOption(int fd, int level, int option, MemorySegment value) {
    return call(SETSOCKOPT, fd, level, option, value, (int) value.byteSize());
  }

  static int setFlag(int fd, int level, int option) {
    try (Arena arena = Arena.ofConfined()) {
      return setOption(fd, level, option, arena.allocateFrom(ValueLayout.JAVA_INT, 1));
    }
  }

  /// @return the option's value, which is not negative for those asked here
  static int option(int fd, int level, int option) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
      int done = call(GETSOCKOPT, fd, level, option, value, length);
      return done < 0 ? done : value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  /// @return the port a socket is bound to, 0 where it is not
  static int port(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(SOCKADDR_BYTES_MAX, Long.BYTES);
      int done = call(GETSOCKNAME, fd, name, arena.allocateFrom(ValueLayout.JAVA_INT, SOCKADDR_BYTES_MAX));
      return done < 0 ? done
          : (name.get(ValueLayout.JAVA_BYTE, 2) & 0xFF) << 8 | name.get(ValueLayout.JAVA_BYTE, 3) & 0xFF;
    }
  }

  /// A datagram socket.
  static int datagram(int domain) {
    return call(SOCKET, domain, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  }

  /// Binds to a free port of an address.
  ///
  /// @param address 4 bytes for [#AF_INET], 16 for [#AF_INET6]
  static int bind(int fd, int domain, byte... address) {
    // struct sockaddr_in: family, port, address; sockaddr_in6 has the flow label before the address, the scope behind.
    int addressAt = domain == AF_INET ? 4 : 8;
    int bytes = domain == AF_INET ? 16 : 28;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(bytes, Long.BYTES);
      name.set(ValueLayout.JAVA_SHORT, 0, (short) domain);
      MemorySegment.copy(address, 0, name, ValueLayout.JAVA_BYTE, addressAt, address.length);
      return call(BIND, fd, name, bytes);
    }
  }

  /// Takes a datagram of at most some bytes, without waiting.
  ///
  /// @return its length, or -[#EAGAIN] where none is there
  static int receive(int fd, int bytesMax) {
    try (Arena arena = Arena.ofConfined()) {
      return call(RECV, fd, arena.allocate(bytesMax), (long) bytesMax, MSG_DONTWAIT);
    }
  }

  /// Waits until there is something to receive.
  ///
  /// @return whether there is
  static boolean awaitReadable(int fd, int millis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment poll = arena.allocate(8, Integer.BYTES); // struct pollfd: descriptor, events, what happened
      poll.set(ValueLayout.JAVA_INT, 0, fd);
      poll.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
      return call(POLL, poll, 1L, millis) > 0;
    }
  }

  static int close(int fd) {
    return call(CLOSE, fd);
  }

  @SuppressWarnings("restricted") // what this class is for; the launcher grants native access
  private static MethodHandle function(String name, MemoryLayout... arguments) {
    MemoryLayout result = name.equals("recv") ? ValueLayout.JAVA_LONG : ValueLayout.JAVA_INT;
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static int call(MethodHandle function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      Object[] all = new Object[arguments.length + 1];
      all[0] = state;
      System.arraycopy(arguments, 0, all, 1, arguments.length);
      int result = ((Number) function.invokeWithArguments(all)).intValue();
      return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
    } catch (Throwable e) {
      throw new AssertionError("a call of the C library that does not fit its declaration", e);
    }
  }
}
