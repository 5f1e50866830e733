package io.trivet.net.dtls;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// A NAT between one client and a server, which can give the client another port, and records what the client sends.
@NullMarked
final class MovingRelay implements AutoCloseable {
  private final InetSocketAddress server;
  private final DatagramSocket front = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final List<byte[]> recorded = new CopyOnWriteArrayList<>();
  private volatile @Nullable InetSocketAddress client;
  private volatile DatagramSocket back;

  MovingRelay(InetSocketAddress server) throws SocketException {
    this.server = server;
    this.back = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    returning(back);
    Thread.ofVirtual().start(this::going);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) front.getLocalSocketAddress();
  }

  void move() throws SocketException {
    DatagramSocket old = back;
    back = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    returning(back);
    old.close();
  }

  List<byte[]> toServer() {
    return List.copyOf(recorded);
  }

  byte[] firstToServer() {
    return recorded.getFirst();
  }

  byte[] lastToServer() {
    return recorded.getLast();
  }

  private void going() {
    byte[] b = new byte[4_096];
    while (!front.isClosed()) {
      DatagramPacket p = new DatagramPacket(b, b.length);
      try {
        front.receive(p);
        client = (InetSocketAddress) p.getSocketAddress();
        recorded.add(Arrays.copyOf(b, p.getLength()));
        back.send(new DatagramPacket(b, p.getLength(), server));
      } catch (IOException e) {
        if (!front.isClosed()) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private void returning(DatagramSocket from) {
    Thread.ofVirtual().start(() -> {
      byte[] b = new byte[4_096];
      while (!from.isClosed()) {
        DatagramPacket p = new DatagramPacket(b, b.length);
        try {
          from.receive(p);
          InetSocketAddress to = client;
          if (to != null) {
            front.send(new DatagramPacket(b, p.getLength(), to));
          }
        } catch (IOException e) {
          if (!from.isClosed() && !front.isClosed()) {
            throw new AssertionError(e);
          }
        }
      }
    });
  }

  @Override
  public void close() {
    front.close();
    back.close();
  }
}
