package io.trivet.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;

/// A socket, with or without TLS on it.
final class StreamLink implements Link {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /// @param in what the socket brings, unprotected
  /// @param out what goes into the socket, to be protected
  StreamLink(Socket socket, InputStream in, OutputStream out) {
    this.socket = socket;
    this.in = in;
    this.out = out;
  }

  @Override
  public int read(byte[] buf, int at, int room) throws IOException {
    return in.read(buf, at, room);
  }

  @Override
  public void write(byte[] a, int from, int to) throws IOException {
    out.write(a, from, to - from);
    out.flush();
  }

  @Override
  public void patience(Duration time) throws IOException {
    socket.setSoTimeout(Math.toIntExact(time.toMillis()));
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException gone) { // the farewell of TLS finds nobody: there is nothing left to lose
      closeSocket();
    }
    closeSocket();
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
