package io.trivet.lab.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;

/// A connection over a real socket, plain or TLS, in real time.
public final class SocketLink implements Link {
  private final Socket socket;
  private final Inbox inbox = new Inbox();

  public SocketLink(Socket socket) {
    this.socket = socket;
    Thread.ofVirtual().start(this::readAll);
  }

  private void readAll() {
    byte[] buffer = new byte[65_536];
    try {
      InputStream in = socket.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        inbox.add(Arrays.copyOf(buffer, n));
      }
    } catch (IOException e) {
      // A reset ends the connection as an orderly close does.
    }
    inbox.end();
  }

  @Override
  public void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      inbox.end(); // the server closed first, which the next look will tell
    }
  }

  @Override
  public byte[] read() {
    return inbox.take();
  }

  @Override
  public void settle(boolean patient) {
    inbox.await(patient);
  }

  @Override
  public boolean isClosed() {
    return inbox.isOver();
  }

  @Override
  public void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
