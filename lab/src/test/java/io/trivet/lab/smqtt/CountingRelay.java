package io.trivet.lab.smqtt;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Stands between one client and a server on loopback and counts what passes, both ways: what TCP or UDP carries, without
/// their own headers.
final class CountingRelay implements Closeable {
  private static final int BUFFER = 65_536;

  private final AtomicLong bytes = new AtomicLong();
  private final List<Closeable> open = new ArrayList<>();
  private final int port;
  private volatile boolean closed;

  private CountingRelay(boolean stream, int server) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    if (stream) {
      ServerSocket front = new ServerSocket(0, 16, here);
      open.add(front);
      port = front.getLocalPort();
      run(() -> {
        while (true) {
          Socket client = kept(front.accept());
          Socket up = kept(new Socket(here, server));
          client.setTcpNoDelay(true);
          up.setTcpNoDelay(true);
          run(() -> copy(client, up));
          run(() -> copy(up, client));
        }
      });
    } else {
      DatagramSocket front = new DatagramSocket(new InetSocketAddress(here, 0));
      DatagramSocket up = new DatagramSocket(new InetSocketAddress(here, 0));
      open.addAll(List.of(front, up));
      port = front.getLocalPort();
      SocketAddress[] client = new SocketAddress[1];
      run(() -> {
        DatagramPacket p = new DatagramPacket(new byte[BUFFER], BUFFER);
        while (true) {
          p.setLength(BUFFER);
          front.receive(p);
          client[0] = p.getSocketAddress();
          bytes.addAndGet(p.getLength());
          up.send(new DatagramPacket(p.getData(), p.getLength(), here, server));
        }
      });
      run(() -> {
        DatagramPacket p = new DatagramPacket(new byte[BUFFER], BUFFER);
        while (true) {
          p.setLength(BUFFER);
          up.receive(p);
          bytes.addAndGet(p.getLength());
          front.send(new DatagramPacket(p.getData(), p.getLength(), client[0]));
        }
      });
    }
  }

  static CountingRelay tcp(int server) throws IOException {
    return new CountingRelay(true, server);
  }

  static CountingRelay udp(int server) throws IOException {
    return new CountingRelay(false, server);
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(Work work) {
    Thread.ofVirtual().start(() -> {
      try {
        work.run();
      } catch (IOException e) {
        if (!closed) {
          bytes.set(Long.MIN_VALUE); // the count would be wrong: let it be seen
        }
      }
    });
  }

  private synchronized Socket kept(Socket s) {
    open.add(s);
    return s;
  }

  private void copy(Socket from, Socket to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      bytes.addAndGet(n);
      out.write(buffer, 0, n);
    }
    to.shutdownOutput();
  }

  int port() {
    return port;
  }

  long bytes() {
    return bytes.get();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (Closeable c : open) {
      c.close();
    }
  }
}
