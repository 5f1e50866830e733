package io.trivet.net.dtls;

import io.trivet.base.Clock;
import io.trivet.net.transport.Refusal;
import io.trivet.net.transport.SetupFailure;
import io.trivet.net.transport.SetupWatcher;
import io.trivet.net.transport.TransportCounters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// A server that answers each message with itself, one loop on a thread of its own, workers beside it.
@NullMarked
final class SocketServer implements AutoCloseable, SecureDatagrams.Out, SetupWatcher {
  static final Clock CLOCK = new Clock() {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  };

  final List<String> failures = new CopyOnWriteArrayList<>();
  final List<String> endings = new CopyOnWriteArrayList<>();
  final List<Association> seen = new CopyOnWriteArrayList<>();
  final TransportCounters counters = new TransportCounters();
  final InetSocketAddress address;
  private final DatagramSocket socket;
  private final ExecutorService workers = Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private final SecureDatagrams datagrams;
  private volatile boolean closing;

  SocketServer(DtlsSettings settings, DtlsKeys keys) throws IOException {
    this(settings, keys, 0, null);
  }

  SocketServer(DtlsSettings settings, DtlsKeys keys, int port, byte @Nullable [] saved) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10);
    address = (InetSocketAddress) socket.getLocalSocketAddress();
    DtlsListener listener = new DtlsListener("coaps", 1, settings, keys, CLOCK, workers, this, counters);
    List<InputStream> files = saved == null ? List.of() : List.of(new ByteArrayInputStream(saved));
    datagrams = listener.onLoop(0, tasks::add, this, files);
    thread = Thread.ofPlatform().daemon().start(this::run);
  }

  private void run() {
    byte[] buffer = new byte[16_384];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    while (!closing) {
      try {
        packet.setData(buffer);
        socket.receive(packet);
        datagrams.receive((InetSocketAddress) packet.getSocketAddress(), buffer, packet.getLength());
      } catch (SocketTimeoutException e) {
        datagrams.tick(CLOCK.monotonicNanos());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      for (Runnable r = tasks.poll(); r != null; r = tasks.poll()) {
        r.run();
      }
    }
  }

  <T> T on(Function<SecureDatagrams, T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    tasks.add(() -> {
      try {
        answer.complete(call.apply(datagrams));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer.orTimeout(5, TimeUnit.SECONDS).join();
  }

  /// Ends it as at a restart.
  byte[] save() {
    byte[] saved = on(d -> {
      try {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        d.save(out, Duration.ofHours(1));
        return out.toByteArray();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    end();
    return saved;
  }

  @Override
  public void datagram(InetSocketAddress to, byte[] bytes, int length) {
    try {
      socket.send(new DatagramPacket(bytes, length, to));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void received(Association from, byte[] plaintext, int offset, int length) {
    if (!seen.contains(from)) {
      seen.add(from);
    }
    if (offset != 0) {
      throw new AssertionError("here messages begin where their array does");
    }
    datagrams.send(from, plaintext, length);
  }

  @Override
  public void ended(Association association, String why) {
    endings.add(why);
  }

  @Override
  public void refused(InetSocketAddress from, String listener, Refusal why) {
    failures.add(why.name());
  }

  @Override
  public void failed(InetSocketAddress from, String listener, SetupFailure why, String what) {
    failures.add(why + " " + what);
  }

  @Override
  public void close() {
    if (!closing) {
      on(d -> {
        d.close();
        return true;
      });
      end();
    }
  }

  private void end() {
    closing = true;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
    workers.shutdownNow();
  }
}
