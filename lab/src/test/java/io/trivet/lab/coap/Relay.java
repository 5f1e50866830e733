package io.trivet.lab.coap;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A bad network between one client and one server: loses, doubles and delays datagrams as a seed has it, both ways.
final class Relay implements AutoCloseable {
  private static final int DELAY_MILLIS_MAX = 30;

  private final DatagramSocket front;
  private final DatagramSocket back;
  private final InetSocketAddress server;
  private final DelayQueue<Late> late = new DelayQueue<>();
  private final double loss;
  private final double twice;
  private final Random random;
  final AtomicInteger lost = new AtomicInteger();
  final AtomicInteger doubled = new AtomicInteger();
  private volatile @Nullable InetSocketAddress client;
  private volatile boolean closed;

  private record Late(byte[] bytes, boolean toServer, long dueNanos) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(dueNanos, ((Late) other).dueNanos);
    }
  }

  /// @param loss how many of all datagrams are lost, 0 to 1
  /// @param twice how many come twice
  Relay(int serverPort, double loss, double twice, long seed) throws SocketException {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    this.front = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    this.back = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    this.loss = loss;
    this.twice = twice;
    this.random = new Random(seed);
    begin("relay front", () -> pump(front, true));
    begin("relay back", () -> pump(back, false));
    begin("relay delay", this::deliver);
  }

  int port() {
    return front.getLocalPort();
  }

  private static void begin(String name, Runnable work) {
    Thread.ofPlatform().daemon().name(name).start(work);
  }

  private void pump(DatagramSocket from, boolean toServer) {
    byte[] buffer = new byte[4_096];
    while (!closed) {
      DatagramPacket p = new DatagramPacket(buffer, buffer.length);
      try {
        from.receive(p);
      } catch (IOException e) {
        if (closed) {
          return;
        }
        throw new UncheckedIOException(e);
      }
      if (toServer) {
        client = (InetSocketAddress) p.getSocketAddress();
      }
      take(Arrays.copyOf(p.getData(), p.getLength()), toServer);
    }
  }

  private synchronized void take(byte[] bytes, boolean toServer) {
    if (random.nextDouble() < loss) {
      lost.incrementAndGet();
      return;
    }
    boolean again = random.nextDouble() < twice;
    for (int i = 0; i < (again ? 2 : 1); i++) {
      late.add(new Late(bytes, toServer, System.nanoTime() + random.nextInt(DELAY_MILLIS_MAX) * 1_000_000L));
    }
    if (again) {
      doubled.incrementAndGet();
    }
  }

  private void deliver() {
    try {
      while (!closed) {
        Late l = late.take();
        InetSocketAddress to = l.toServer ? server : client;
        if (to != null) {
          (l.toServer ? back : front).send(new DatagramPacket(l.bytes, l.bytes.length, to));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      if (!closed) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    front.close();
    back.close();
  }
}
