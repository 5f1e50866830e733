package io.trivet.lab.durability;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One network connection of a client that acknowledges nothing by itself. Owned by one thread.
final class Connection implements AutoCloseable {
  private static final int CONNECT_MILLIS_MAX = 5_000;

  private final Socket socket;
  private final Version version;
  private byte[] buffer = new byte[16_384];
  private int start;
  private int end;

  private Connection(Socket socket, Version version) {
    this.socket = socket;
    this.version = version;
  }

  static Connection open(int port, Version version) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS_MAX);
      return new Connection(socket, version);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// All packets in one write.
  void send(Out... packets) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Out p : packets) {
      all.writeBytes(p.bytes(version));
    }
    socket.getOutputStream().write(all.toByteArray());
  }

  /// The next packet.
  ///
  /// @return null when none is whole within `patience`
  /// @throws EOFException at the end of the connection
  @Nullable In receive(Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    In packet = take();
    while (packet == null) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      if (!fill((int) left)) {
        return null;
      }
      packet = take();
    }
    return packet;
  }

  /// The next packet, which must be a `type`.
  ///
  /// @throws IOException where another or none comes, as from a server that is being killed
  <T extends In> T expect(Class<T> type, Duration patience) throws IOException {
    In packet = receive(patience);
    if (!type.isInstance(packet)) {
      throw new IOException("expected " + type.getSimpleName() + ", got " + packet);
    }
    return type.cast(packet);
  }

  private boolean fill(int millis) throws IOException {
    if (end == buffer.length) {
      int kept = end - start;
      byte[] next = kept > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
      System.arraycopy(buffer, start, next, 0, kept);
      buffer = next;
      start = 0;
      end = kept;
    }
    socket.setSoTimeout(millis);
    try {
      int n = socket.getInputStream().read(buffer, end, buffer.length - end);
      if (n < 0) {
        throw new EOFException("the server closed the connection");
      }
      end += n;
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private @Nullable In take() {
    int length = 0;
    for (int i = 1; i <= 4 && start + i < end; i++) {
      int b = buffer[start + i] & 0xFF;
      length |= (b & 0x7F) << 7 * (i - 1);
      if (b < 0x80) {
        int body = start + i + 1;
        if (end - body < length) {
          return null;
        }
        In packet = In.parse(buffer[start] & 0xFF, Arrays.copyOfRange(buffer, body, body + length), version);
        start = body + length;
        return packet;
      }
    }
    return null;
  }

  /// Says DISCONNECT; the connection is of no more use.
  void sayGoodbye() throws IOException {
    send(Out.disconnect());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
